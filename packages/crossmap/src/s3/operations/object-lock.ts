import { S3Error } from '../errors.ts';
import type { S3Response } from '../request.ts';

/**
 * Retention and legal hold of an object: no bucket here has Object Lock, and without it there is neither.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export async function withoutObjectLock(): Promise<S3Response> {
  throw new S3Error('InvalidRequest', { message: 'Bucket is missing Object Lock Configuration' });
}
