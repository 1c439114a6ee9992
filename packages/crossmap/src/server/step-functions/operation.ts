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
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Where a request was sent: the account of its caller and the Region it was signed for. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/** One operation of the API. `resource` is the ARN that its permission is asked for. */
export interface Operation {
  resource(parameters: Parameters, scope: Scope): string;
  handle(parameters: Parameters, service: StepFunctions, scope: Scope): Promise<JsonObject>;
}
