import { BUCKET } from './bucket.ts';
import { BUCKET_POLICY } from './bucket-policy.ts';
import { FUNCTION } from './function.ts';
import { KEY } from './key.ts';
import { KEY_ALIAS } from './key-alias.ts';
import { LOG_GROUP } from './log-group.ts';
import { MANAGED_POLICY } from './managed-policy.ts';
import { POLICY } from './policy.ts';
import type { ResourceType } from './resource-type.ts';
import { ROLE } from './role.ts';
import { STATE_MACHINE } from './state-machine.ts';

/** The types that are deployed. */
export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  [BUCKET, BUCKET_POLICY, FUNCTION, KEY, KEY_ALIAS, LOG_GROUP, MANAGED_POLICY, POLICY, ROLE, STATE_MACHINE].map(
    (each) => [each.type, each],
  ),
);

/** The types that are named and skipped, with the reason. The function behind a custom resource is skipped with it. */
export const SKIPPED_TYPES: ReadonlyMap<string, string> = new Map([
  ['AWS::CDK::Metadata', 'tells AWS which constructs an app uses'],
  ['Custom::LogRetention', 'sets how long CloudWatch keeps logs'],
  ['Custom::S3AutoDeleteObjects', 'empties a bucket when its stack is deleted'],
]);
