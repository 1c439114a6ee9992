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

/**
 * Lists what a bucket has under a prefix: every object once, in no particular order, some hundreds at a time. An error
 * keeps the name S3 gave it. What `take` returns is waited for before more is listed in its place.
 */
export type ListSource = (
  source: SourceBucket,
  prefix: string,
  take: (objects: readonly ListedObject[]) => Promise<void>,
) => Promise<void>;

/** The error of a listing with what to do about it. */
export function listingFailure(error: unknown, bucket: SourceBucket, prefix: string, roleArn: string): Error {
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
