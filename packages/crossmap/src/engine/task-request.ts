import type { Command } from './command.ts';
import { type Execution, type ExecutionHeader, stateWaitingFor } from './execution.ts';
import type { RoleCaller, TaskRequest } from './ports.ts';

/** Whose responses the task that the event began may get. */
export function mockOf(execution: Execution, eventId: number): TaskRequest['mock'] {
  const { testCase, stateMachineName } = execution.header;
  if (testCase === undefined) return undefined;
  return { testCase, stateMachineName, stateName: stateWaitingFor(execution, eventId) ?? '' };
}

/** Who an execution acts as. AWS names the role session after the execution. */
export function callerOf({ roleArn, region, name }: ExecutionHeader): RoleCaller {
  return { roleArn, region, sessionName: name };
}

/** What the command of an execution asks of the tasks. */
export function taskRequestOf(
  { resource, parameters, credentials, submitted }: Extract<Command, { kind: 'run-task' }>,
  header: ExecutionHeader,
): TaskRequest {
  const assumed = credentials && assumption(credentials.roleArn, header);
  return {
    caller: callerOf(header),
    resource,
    parameters,
    ...(assumed && { credentials: assumed }),
    ...(submitted !== undefined && { submitted }),
  };
}

/**
 * How an execution assumes the role of a task. AWS names the session after the state machine, whose ARN is the external id.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-cross-acct-sync-pattern.html
 */
function assumption(roleArn: string, { stateMachineArn, stateMachineName }: ExecutionHeader) {
  return { roleArn, sessionName: stateMachineName.slice(0, 64), externalId: stateMachineArn };
}
