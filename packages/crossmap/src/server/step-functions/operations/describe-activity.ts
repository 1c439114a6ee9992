import { existingActivity } from '../activities.ts';
import type { Operation } from '../operation.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeActivity.html */
export const describeActivity: Operation = {
  resource: (parameters) => parameters.arn('activityArn'),
  async handle(parameters, { activities }) {
    parameters.refuseOthers(['activityArn']);
    const { activityArn, name, creationDate } = existingActivity(activities, parameters.arn('activityArn'));
    const encryptionConfiguration = { type: 'AWS_OWNED_KEY' };
    return { activityArn, name, creationDate: creationDate / 1000, encryptionConfiguration };
  },
};
