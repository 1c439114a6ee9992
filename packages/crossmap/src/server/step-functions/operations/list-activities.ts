import { activityArnOf } from '../activities.ts';
import type { Operation } from '../operation.ts';
import { pageToken, readPageToken } from '../page-token.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListActivities.html */
export const listActivities: Operation = {
  resource: () => '*',
  async handle(parameters, { store }, scope) {
    parameters.refuseOthers(['maxResults', 'nextToken']);
    const after = readPageToken(parameters.optionalString('nextToken'));
    const { items, next } = await store.activities(activityArnOf(scope, ''), parameters.maxResults(), after);
    const activities = items.map(({ activityArn, name, creationDate }) => ({
      activityArn,
      name,
      creationDate: creationDate / 1000,
    }));
    return { activities, ...(next !== undefined && { nextToken: pageToken(next) }) };
  },
};
