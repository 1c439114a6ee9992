import type { Failure } from './asl/failure.ts';
import type { Json } from './asl/json.ts';
import type { ExecutionRecord } from './engine/ports.ts';
import { type Local, type LocalOptions, openLocal } from './local.ts';
import { LocalError } from './local-error.ts';
import type { MapRunRecord } from './map-run/map-run.ts';
import { startExecution } from './server/step-functions/operations/start-execution.ts';
import { Parameters } from './server/step-functions/parameters.ts';

export type { Denial } from './accounts/denials.ts';
export type { Json } from './asl/json.ts';
export type { LocalAccount, LocalOptions } from './local.ts';
export type { MapRunRecord } from './map-run/map-run.ts';

/** An execution that has ended. */
export type EndedExecution = { readonly executionArn: string } & (
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | ({ readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED' } & Failure)
);

/** The embedded accounts, for a test. */
export interface TestLocal extends Local {
  /** The configuration of an AWS SDK client as the administrator of an account of the assembly, in its Region. */
  clientConfig(accountId: string): {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** Starts the state machine of that name (the only one, when none is named) and waits until it has ended. */
  start(input?: Json, stateMachine?: string): Promise<EndedExecution>;
  /** The Map Runs of an execution, oldest first. */
  mapRuns(executionArn: string): Promise<readonly MapRunRecord[]>;
}

/**
 * Loads a synthesized CDK app into embedded accounts, for a test that runs it and looks at what comes out. In memory
 * unless `data` is given. Rejects as `startLocal` of the package does.
 */
export async function startLocal(options: LocalOptions): Promise<TestLocal> {
  const { local, stepFunctions } = await openLocal(options);
  return {
    ...local,
    clientConfig(accountId) {
      const account = local.accounts.find((each) => each.accountId === accountId);
      if (account === undefined) {
        const known = local.accounts.map((each) => each.accountId).join(', ');
        throw new LocalError(`Expected an account of the assembly (${known}), got ${accountId}`);
      }
      const { region, accessKeyId, secretAccessKey } = account;
      return { endpoint: local.endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    },
    async start(input = {}, stateMachine) {
      const { stateMachineArn } = stateMachineOf(local, stateMachine);
      const [, , , region = '', accountId = ''] = stateMachineArn.split(':');
      const parameters = new Parameters({ stateMachineArn, input: JSON.stringify(input) });
      const { executionArn } = await startExecution.handle(parameters, stepFunctions, { region, accountId });
      await stepFunctions.executions.ended(String(executionArn));
      return endedExecution(await stepFunctions.store.execution(String(executionArn)));
    },
    mapRuns: (executionArn) => stepFunctions.store.mapRuns(executionArn),
  };
}

function stateMachineOf({ stateMachines }: Local, name: string | undefined) {
  const named = name === undefined ? stateMachines : stateMachines.filter((each) => each.name === name);
  const [only, ...others] = named;
  if (only !== undefined && others.length === 0) return only;
  const known = stateMachines.map((each) => each.name).join(', ') || 'none';
  throw new LocalError(`Expected ${name ?? 'one state machine, or the name of one'}; the assembly has: ${known}`);
}

function endedExecution(record: ExecutionRecord | undefined): EndedExecution {
  if (record === undefined || record.status === 'RUNNING') throw new Error('Expected the execution to have ended');
  const { executionArn } = record;
  if (record.status === 'SUCCEEDED') {
    return { executionArn, status: 'SUCCEEDED', output: JSON.parse(record.output) as Json };
  }
  const { status, error, cause } = record;
  return { executionArn, status, ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}
