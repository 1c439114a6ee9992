import type { ObjectInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { unfinishedUpload } from './unfinished-upload.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export async function abortMultipartUpload(input: ObjectInput): Promise<S3Response> {
  await input.uploads.abort(unfinishedUpload(input, 's3:AbortMultipartUpload'));
  return { status: 204, headers: {} };
}
