import { Arn, type Stack, Token } from 'aws-cdk-lib';

/**
 * The part of a bucket that is opened or used: the objects whose key starts with `prefix`, as policies write it.
 * Refuses a prefix with `*`, `?` or `$`, which policies read as wildcards and variables.
 */
export function objectsOf(
  stack: Stack,
  bucketName: string,
  prefix: string | undefined,
): { bucketArn: string; objectsArn: string; listConditions: Record<string, Record<string, string>> } {
  if (prefix !== undefined && (Token.isUnresolved(prefix) || /[*?$]/.test(prefix) || prefix === '')) {
    throw new Error(
      `prefix must be a literal, not empty and without "*", "?" and "$", got ${JSON.stringify(prefix)}; leave it out for the whole bucket`,
    );
  }
  const bucketArn = Arn.format({ service: 's3', region: '', account: '', resource: bucketName }, stack);
  return {
    bucketArn,
    objectsArn: `${bucketArn}/${prefix ?? ''}*`,
    listConditions: prefix === undefined ? {} : { StringLike: { 's3:prefix': `${prefix}*` } },
  };
}
