import type { MockConfig } from '../../accounts/mock-config.ts';
import type { JsonObject } from '../../asl/json.ts';
import type { Activities } from '../../engine/activities.ts';
import type { Executions } from '../../engine/executions.ts';
import type { Clock, ExecutionStore, Ids, Tasks } from '../../engine/ports.ts';
import type { MapRunStore } from '../../map-run/map-run.ts';
import type { MapRuns } from '../../map-run/map-runs.ts';
import type { Parameters } from './parameters.ts';
import type { StateMachines } from './state-machines.ts';

/** What the operations work on. */
export interface StepFunctions {
  readonly store: ExecutionStore & MapRunStore;
  readonly executions: Executions;
  readonly activities: Activities;
  readonly mapRuns: MapRuns;
  readonly tasks: Tasks;
  readonly stateMachines: StateMachines;
  /** Absent: executions are not started with a test case. */
  readonly mocks?: MockConfig;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Where a request was sent: the account of its caller and the Region it was signed for. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/** One operation of a service that speaks AWS JSON. `resource` is the ARN that its permission is asked for. */
export interface OperationOf<Service> {
  resource(parameters: Parameters, scope: Scope): string;
  handle(parameters: Parameters, service: Service, scope: Scope): Promise<JsonObject>;
}

export type Operation = OperationOf<StepFunctions>;
