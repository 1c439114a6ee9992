import { ApiError } from '../errors.ts';
import { parseJsonText } from '../json-text.ts';
import type { Operation } from '../operation.ts';
import { answered, readTaskToken } from '../task-tokens.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
export const sendTaskSuccess: Operation = {
  resource: () => '*',
  async handle(parameters, { executions }, scope) {
    parameters.refuseOthers(['taskToken', 'output']);
    const refuse = (why: string) => new ApiError('InvalidOutput', `Invalid Output: '${why}'`);
    const output = parseJsonText(parameters.string('output'), 'output', refuse);
    return answered(await executions.endTask(readTaskToken(parameters, scope), { kind: 'succeeded', output }));
  },
};
