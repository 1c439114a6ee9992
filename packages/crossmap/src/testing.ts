import type { Failure } from './asl/failure.ts';
import type { Json } from './asl/json.ts';
import type { ExecutionRecord } from './engine/ports.ts';
import { type Local, type LocalOptions, openLocal } from './local.ts';
import { LocalError } from './local-error.ts';
import type { MapRunRecord } from './map-run/map-run.ts';
import { Parameters } from './server/step-functions/parameters.ts';
import { startRequest, wantedExecution } from './server/step-functions/start-request.ts';

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
    /** Otherwise the SDK puts `sync-` before the host for StartSyncExecution and TestState. */
    readonly disableHostPrefix: true;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /**
   * Starts the state machine of that name (the only one, when none is named) and waits until it has ended. `#` and a test
   * case of the mock configuration may follow the name, or stand alone.
   */
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
      const credentials = { accessKeyId, secretAccessKey };
      return { endpoint: local.endpoint, region, disableHostPrefix: true, credentials };
    },
    async start(input = {}, stateMachine) {
      const [name = '', ...testCase] = (stateMachine ?? '').split('#');
      const { stateMachineArn } = stateMachineOf(local, name === '' ? undefined : name);
      const parameters = new Parameters({
        stateMachineArn: [stateMachineArn, ...testCase].join('#'),
        input: JSON.stringify(input),
      });
      const wanted = await wantedExecution(parameters, stepFunctions);
      const express = wanted.record.type === 'EXPRESS' ? 'synchronous' : undefined;
      return endedExecution(await stepFunctions.executions.start(startRequest(wanted, stepFunctions, express)).ended);
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

function endedExecution(record: Exclude<ExecutionRecord, { status: 'RUNNING' }>): EndedExecution {
  const { executionArn } = record;
  if (record.status === 'SUCCEEDED') {
    return { executionArn, status: 'SUCCEEDED', output: JSON.parse(record.output) as Json };
  }
  const { status, error, cause } = record;
  return { executionArn, status, ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}
