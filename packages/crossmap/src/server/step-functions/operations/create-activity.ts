import { activityArnOf } from '../activities.ts';
import type { Operation } from '../operation.ts';
import { checkName } from '../state-machines.ts';

/**
 * Idempotent: a name that is taken answers the activity that has it.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html
 */
export const createActivity: Operation = {
  resource: (parameters, scope) => activityArnOf(scope, parameters.string('name')),
  async handle(parameters, { activities }, scope) {
    parameters.refuseOthers(['name'], {
      tags: (value) => Array.isArray(value) && value.length === 0,
      encryptionConfiguration: (value) => JSON.stringify(value) === '{"type":"AWS_OWNED_KEY"}',
    });
    const name = parameters.string('name');
    checkName(name);
    const { activityArn, creationDate } = await activities.create({ activityArn: activityArnOf(scope, name), name });
    return { activityArn, creationDate: creationDate / 1000 };
  },
};
