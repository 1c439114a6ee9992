import type { Activities } from '../../engine/activities.ts';
import type { ActivityRecord } from '../../engine/ports.ts';
import { ApiError } from './errors.ts';

export function activityArnOf({ accountId, region }: { accountId: string; region: string }, name: string): string {
  return `arn:aws:states:${region}:${accountId}:activity:${name}`;
}

export function existingActivity(activities: Activities, activityArn: string): ActivityRecord {
  const record = activities.get(activityArn);
  if (record !== undefined) return record;
  throw new ApiError('ActivityDoesNotExist', `Activity Does Not Exist: '${activityArn}'`);
}
