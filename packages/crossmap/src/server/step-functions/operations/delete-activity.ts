import type { Operation } from '../operation.ts';

/** Idempotent. https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteActivity.html */
export const deleteActivity: Operation = {
  resource: (parameters) => parameters.arn('activityArn'),
  async handle(parameters, { activities }) {
    parameters.refuseOthers(['activityArn']);
    await activities.delete(parameters.arn('activityArn'));
    return {};
  },
};
