import { S3Error, type S3ErrorCode } from '../errors.ts';
import type { BucketInput } from '../operation.ts';
import type { S3Response } from '../request.ts';
import { element } from '../xml.ts';
import { NO_CONTENT, xmlResponse } from '../xml-response.ts';

/** Answers for a configuration that no bucket here has: it is `code`. */
export function noConfiguration(code: S3ErrorCode): (input: BucketInput) => Promise<S3Response> {
  return async ({ bucket }) => {
    throw new S3Error(code, { elements: { BucketName: bucket.name } });
  };
}

/** Answers for a configuration that every bucket has, without content here. */
export function emptyConfiguration(root: string): () => Promise<S3Response> {
  return async () => xmlResponse(root, '');
}

/** Answers for configurations of which a bucket has several, each with an id: there is none. */
export function noConfigurations(root: string): (input: BucketInput) => Promise<S3Response> {
  return async ({ request, bucket }) => {
    if ('id' in request.query) throw new S3Error('NoSuchConfiguration', { elements: { BucketName: bucket.name } });
    return xmlResponse(root, element('IsTruncated', false));
  };
}

/** What is not there is deleted. */
export async function deleteNothing(): Promise<S3Response> {
  return NO_CONTENT;
}
