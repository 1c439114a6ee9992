import { existingActivity } from '../activities.ts';
import type { Operation } from '../operation.ts';

/**
 * Waits up to a minute for a task; answers nothing when none came.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html
 */
export const getActivityTask: Operation = {
  resource: (parameters) => parameters.arn('activityArn'),
  async handle(parameters, { activities }) {
    parameters.refuseOthers(['activityArn', 'workerName']);
    const { activityArn } = existingActivity(activities, parameters.arn('activityArn'));
    const task = await activities.poll(activityArn, parameters.optionalString('workerName'));
    return task === undefined ? {} : { taskToken: task.taskToken, input: JSON.stringify(task.input) };
  },
};
