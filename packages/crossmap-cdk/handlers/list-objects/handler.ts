import { S3Client } from '@aws-sdk/client-s3';
import { type Invocation, setting } from '../invocation.ts';
import { type ListObjectsEvent, type ListObjectsSettings, listObjects, type ObjectList } from './list-objects.ts';
import { listInParallel } from './parallel-listing.ts';

const region = setting('SOURCE_REGION');
const settings: ListObjectsSettings = {
  listSource: listInParallel,
  source: { name: setting('SOURCE_BUCKET'), account: setting('SOURCE_ACCOUNT'), region },
  prefix: setting('SOURCE_PREFIX'),
  listClient: new S3Client({ maxAttempts: 5 }),
  listBucket: setting('LIST_BUCKET'),
  allowZeroObjects: setting('ALLOW_ZERO_OBJECTS') === 'true',
  roleArn: setting('ROLE_ARN'),
};

export function handler(event: ListObjectsEvent, invocation: Invocation): Promise<ObjectList> {
  return listObjects(settings, event, invocation);
}
