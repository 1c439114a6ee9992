import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { failure, nameAndMessage } from '../failure.ts';

/** The bucket that is listed. */
export interface SourceBucket {
  readonly name: string;
  readonly account: string;
  readonly region: string;
}

/** One item of the object list: the names are those of Distributed Map's own S3 listing, except `ETag`. */
export interface ListedObject {
  readonly Key: string;
  readonly Size: number;
  readonly ETag?: string;
  readonly LastModified?: string;
}

/** The pages of a bucket, up to 1,000 objects each, keys in UTF-8 byte order. An error keeps the name S3 gave it. */
export async function* bucketPages(
  client: S3Client,
  bucket: SourceBucket,
  prefix: string,
  roleArn: string,
): AsyncGenerator<ListedObject[]> {
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await client
      .send(
        new ListObjectsV2Command({
          Bucket: bucket.name,
          ExpectedBucketOwner: bucket.account,
          EncodingType: 'url',
          ...(prefix !== '' && { Prefix: prefix }),
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      )
      .catch((error: unknown) => {
        throw listingFailure(error, bucket, prefix, roleArn);
      });
    yield listedObjects(page);
    token = page.NextContinuationToken;
    if (page.IsTruncated === true && token === undefined) {
      throw failure(
        'ListingIncomplete',
        `the listing of s3://${bucket.name}/${prefix} broke off without a continuation`,
      );
    }
  } while (token !== undefined);
}

function listedObjects(page: ListObjectsV2CommandOutput): ListedObject[] {
  return (page.Contents ?? []).map(({ Key, Size, ETag, LastModified }) => {
    if (Key === undefined || Size === undefined) {
      throw failure('ListingIncomplete', `a listed object has no key or no size: ${JSON.stringify({ Key, Size })}`);
    }
    return {
      Key: page.EncodingType === 'url' ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key,
      Size,
      ...(ETag !== undefined && { ETag }),
      ...(LastModified !== undefined && { LastModified: LastModified.toISOString() }),
    };
  });
}

function listingFailure(error: unknown, bucket: SourceBucket, prefix: string, roleArn: string): Error {
  const { name, message } = nameAndMessage(error);
  const place = `s3://${bucket.name}/${prefix} (account ${bucket.account}, ${bucket.region})`;
  return failure(name, `cannot list ${place}: ${name}: ${message}.${advice(name, bucket, roleArn)}`);
}

function advice(name: string, bucket: SourceBucket, roleArn: string): string {
  switch (name) {
    case 'AccessDenied':
      return (
        ` Account ${bucket.account} must own the bucket, and its bucket policy must allow s3:ListBucket on ` +
        `arn:aws:s3:::${bucket.name} to ${roleArn}: deploy a BucketAccess there with this role among its listers.`
      );
    case 'PermanentRedirect':
      return ` The bucket is not in ${bucket.region}.`;
    default:
      return '';
  }
}
