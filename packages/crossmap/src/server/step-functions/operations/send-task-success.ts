import { ApiError } from '../errors.ts';
import { parseJsonText } from '../json-text.ts';
import type { Operation } from '../operation.ts';
import { answered, readTaskToken } from '../task-tokens.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
export const sendTaskSuccess: Operation = {
  resource: () => '*',
  async handle(parameters, { executions }, scope) {
    parameters.refuseOthers(['taskToken', 'output']);
    // A token that is none is refused before the output is read (cases task-aws-sdk test_sfn_send_task_outcome_*).
    const text = parameters.string('output');
    const taskToken = readTaskToken(parameters, scope);
    const refuse = (why: string) => new ApiError('InvalidOutput', `Invalid Output: '${why}'`);
    const output = parseJsonText(text, 'output', refuse);
    return answered(await executions.endTask(taskToken, { kind: 'succeeded', output }));
  },
};
