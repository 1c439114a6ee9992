import { createHash } from 'node:crypto';
import type { BucketSettings } from './bucket-settings.ts';

export interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** Epoch ms. */
  readonly creationDate: number;
  readonly settings: BucketSettings;
}

export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`;
}

/**
 * Rules for names of general purpose buckets.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  );
}

/** The id by which S3 shows an account as an owner: 64 hexadecimal digits, here made from the account id. */
export function canonicalUserId(accountId: string): string {
  return createHash('sha256').update(`canonical user of ${accountId}`).digest('hex');
}
