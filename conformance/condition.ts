import { setTimeout as sleep } from 'node:timers/promises';
import { isList, isObject, type Json, type JsonObject } from './json.ts';
import { jsonPathHits } from './json-path.ts';

/** How long a history stays as it is when nothing more comes, in ms. */
const SETTLED_AFTER = 100;

/** Makes one call and gives its response. */
export type Ask = (service: string, action: string, params: JsonObject) => Promise<JsonObject>;

/** Something to wait for. `holds` gives the value under the id of the wait once it holds, `undefined` before it does. */
export interface Condition {
  /** Nothing that is waited for needs time to pass. */
  readonly timeStands?: boolean;
  holds(ask: Ask, params: Readonly<Record<string, string>>): Promise<Json | undefined>;
}

const statusIs =
  (holds: (status: Json | undefined) => boolean): Condition['holds'] =>
  async (ask, { executionArn = '' }) => {
    const { status } = await ask('stepfunctions', 'DescribeExecution', { executionArn });
    return holds(status) ? {} : undefined;
  };

const listed =
  (action: string, path: string, member: string, there: boolean): Condition['holds'] =>
  async (ask, params) => {
    const { [member]: arn = '', ...others } = params;
    const response = await ask('stepfunctions', action, others);
    return jsonPathHits(path, response).includes(arn) === there ? {} : undefined;
  };

const machineListed = (there: boolean) =>
  listed('ListStateMachines', '$.stateMachines[*].stateMachineArn', 'stateMachineArn', there);
const versionListed = (there: boolean) =>
  listed(
    'ListStateMachineVersions',
    '$.stateMachineVersions[*].stateMachineVersionArn',
    'stateMachineVersionArn',
    there,
  );
const aliasListed = (there: boolean) =>
  listed('ListStateMachineAliases', '$.stateMachineAliases[*].stateMachineAliasArn', 'stateMachineAliasArn', there);
const ended = (status: Json | undefined) => status !== 'RUNNING' && status !== 'PENDING_REDRIVE';

/** The waits of the recordings, by name. */
export const CONDITIONS: Readonly<Record<string, Condition>> = {
  executionTerminated: { holds: statusIs(ended) },
  executionSuccess: { holds: statusIs(ended) },
  executionAborted: { holds: statusIs(ended) },
  executionStarted: { timeStands: true, holds: statusIs((status) => status !== undefined) },
  stateMachineListed: { timeStands: true, holds: machineListed(true) },
  stateMachineNotListed: { timeStands: true, holds: machineListed(false) },
  stateMachineVersionListed: { timeStands: true, holds: versionListed(true) },
  stateMachineVersionNotListed: { timeStands: true, holds: versionListed(false) },
  stateMachineAliasIsCreated: { timeStands: true, holds: aliasListed(true) },
  stateMachineAliasIsDeleted: { timeStands: true, holds: aliasListed(false) },
  listExecutionStatus: {
    async holds(ask, { stateMachineArn = '', executionArn = '', status = '' }) {
      const { executions = [] } = await ask('stepfunctions', 'ListExecutions', { stateMachineArn });
      const found = isList(executions) ? executions.filter((each) => isObject(each) && each.status === status) : [];
      return found.some((each) => isObject(each) && each.executionArn === executionArn) ? {} : undefined;
    },
  },
  executionListsTerminated: {
    async holds(ask, { stateMachineArn = '', executionArn = '' }) {
      const { executions = [] } = await ask('stepfunctions', 'ListExecutions', { stateMachineArn });
      const found = isList(executions)
        ? executions.find((each) => isObject(each) && each.executionArn === executionArn)
        : undefined;
      return isObject(found) && ended(found.status) ? {} : undefined;
    },
  },
  /** The stop condition was code and is not kept: the events once a state was entered and no more come. */
  onExecutionEvents: {
    timeStands: true,
    async holds(ask, { executionArn = '' }) {
      const read = () => ask('stepfunctions', 'GetExecutionHistory', { executionArn });
      const { events: before } = await read();
      await sleep(SETTLED_AFTER);
      const { events } = await read();
      const settled = isList(events) && events.length > 1 && isList(before) && before.length === events.length;
      return settled ? { events } : undefined;
    },
  },
  /** The records of the group in the order of their event ids, once one of them ends an execution. */
  onExecutionLogs: {
    async holds(ask, { logGroupName = '' }) {
      const { events = [] } = await ask('logs', 'FilterLogEvents', { logGroupName });
      const messages = isList(events) ? events.flatMap((each) => (isObject(each) ? [each.message ?? ''] : [])) : [];
      const records = messages.map((message) => JSON.parse(String(message)) as JsonObject);
      const over = records.some(({ type }) => /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(String(type)));
      return over ? { events: records.toSorted((a, b) => Number(a.id) - Number(b.id)) } : undefined;
    },
  },
};
