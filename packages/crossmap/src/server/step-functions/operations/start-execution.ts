import { ApiError } from '../errors.ts';
import { parseJsonText } from '../json-text.ts';
import type { Operation, StepFunctions } from '../operation.ts';
import { checkName } from '../state-machines.ts';

/**
 * A name that is given again with the same input while the execution runs answers the first start; any other use of a
 * taken name is refused. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const startExecution: Operation = {
  resource: (parameters) => parameters.arn('stateMachineArn'),
  async handle(parameters, service) {
    parameters.refuseOthers(['stateMachineArn', 'name', 'input']);
    const stateMachineArn = parameters.arn('stateMachineArn');
    const inputText = parameters.optionalString('input') ?? '{}';
    const input = parseJsonText(inputText, 'execution input', invalidInput);
    const record = await service.stateMachines.get(stateMachineArn);
    const name = parameters.optionalString('name') ?? service.ids.uuid();
    checkName(name);
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const running = await sameExecution(service, executionArn, inputText);
    if (running !== undefined) return { executionArn, startDate: running.startDate / 1000 };
    const [, , , region = '', accountId = ''] = stateMachineArn.split(':');
    const startDate = service.clock.now();
    const { started } = service.executions.start({
      header: {
        executionArn,
        name,
        stateMachineArn,
        stateMachineName: record.name,
        roleArn: record.roleArn,
        region,
        accountId,
        startDate,
        input,
      },
      inputText,
      machine: service.stateMachines.compiled(record),
    });
    await started;
    return { executionArn, startDate: startDate / 1000 };
  },
};

export function invalidInput(why: string): ApiError {
  return new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${why}'`);
}

/** The running execution of that name and input; refuses a name that is taken otherwise. */
async function sameExecution({ store, executions }: StepFunctions, executionArn: string, inputText: string) {
  const live = executions.live(executionArn);
  if (live !== undefined && live.inputText === inputText) return live.header;
  if (live === undefined && (await store.execution(executionArn)) === undefined) return undefined;
  throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
}
