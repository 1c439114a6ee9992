import type { TaskOutcome, TaskRequest, TaskSubmitted, Tasks } from '../engine/ports.ts';
import type { Authorizer } from '../iam/evaluate.ts';
import type { Accounts } from './accounts.ts';
import { mayAssumeRole } from './assume-role.ts';

export interface AssumedRoleTasksPorts {
  readonly tasks: Tasks;
  readonly accounts: Accounts;
  readonly authorizer: Authorizer;
}

/**
 * Lets a task with credentials act as the role they name, when the state machine's role may assume it.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
 */
export class AssumedRoleTasks implements Tasks {
  readonly #ports: AssumedRoleTasksPorts;

  constructor(ports: AssumedRoleTasksPorts) {
    this.#ports = ports;
  }

  async run({ credentials, ...request }: TaskRequest): Promise<TaskOutcome | TaskSubmitted> {
    const { tasks, accounts, authorizer } = this.#ports;
    if (credentials === undefined) return tasks.run(request);
    const { roleArn: from, region, sessionName } = request.caller;
    const refused: TaskOutcome = {
      kind: 'failed',
      failure: {
        error: 'States.Permissions',
        cause: `The role ${from} is not authorized to assume the task state's role, ${credentials.roleArn}.`,
      },
    };
    if (accounts.role(from) === undefined) return refused;
    const caller = accounts.callerForRole(from, sessionName);
    const assumed = mayAssumeRole(accounts, authorizer, { ...credentials, caller, region });
    if (assumed.kind === 'refused') return refused;
    const { roleArn, sessionName: assumedSession } = credentials;
    return tasks.run({ ...request, caller: { roleArn, region, sessionName: assumedSession } });
  }
}
