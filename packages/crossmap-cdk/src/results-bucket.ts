import { type RemovalPolicy, type Stack, Token } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** A private bucket for object lists and results; only TLS requests are served. */
export function createResultsBucket(scope: Construct, removalPolicy: RemovalPolicy): s3.IBucket {
  return new s3.Bucket(scope, 'Results', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    removalPolicy,
  });
}

/** Step Functions writes results only to a bucket of its own account and Region; KMS keys are not supported here. */
export function checkResultsBucket(path: string, bucket: s3.IBucket, stack: Stack): void {
  if (bucket.encryptionKey !== undefined) {
    throw new Error(`${path}: a resultsBucket encrypted with a KMS key is not supported, use S3-managed encryption`);
  }
  const expected = { account: stack.account, region: stack.region };
  for (const part of ['account', 'region'] as const) {
    const found = bucket.env[part];
    if (Token.isUnresolved(found) || found === expected[part]) continue;
    throw new Error(
      `${path}: resultsBucket must be in the ${part} of the workflow, ${expected[part]}, but is in ${found}`,
    );
  }
}
