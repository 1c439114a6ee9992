import type { Operation } from '../operation.ts';
import { answered, readTaskToken } from '../task-tokens.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html */
export const sendTaskFailure: Operation = {
  resource: () => '*',
  async handle(parameters, { executions }, scope) {
    parameters.refuseOthers(['taskToken', 'error', 'cause']);
    const error = parameters.optionalString('error', 256);
    const cause = parameters.optionalString('cause', 32_768);
    const failure = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
    return answered(await executions.endTask(readTaskToken(parameters, scope), { kind: 'failed', failure }));
  },
};
