import type { Operation } from '../operation.ts';
import { answered, readTaskToken } from '../task-tokens.ts';

/** Gives no event. https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskHeartbeat.html */
export const sendTaskHeartbeat: Operation = {
  resource: () => '*',
  async handle(parameters, { executions }, scope) {
    parameters.refuseOthers(['taskToken']);
    return answered(await executions.heartbeat(readTaskToken(parameters, scope)));
  },
};
