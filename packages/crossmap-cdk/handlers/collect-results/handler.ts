import { S3Client } from '@aws-sdk/client-s3';
import { type Invocation, setting } from '../invocation.ts';
import { type CollectEvent, type CollectSettings, collectResults, type Summary } from './collect-results.ts';

const settings: CollectSettings = {
  client: new S3Client({ maxAttempts: 5 }),
  bucket: setting('RESULTS_BUCKET'),
  toleratedFailedObjects: Number(setting('TOLERATED_FAILED_OBJECTS')),
};

export function handler(event: CollectEvent, invocation: Invocation): Promise<Summary> {
  return collectResults(settings, event, invocation);
}
