import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { objectsOf } from './object-prefix.ts';

/** What the owner of a bucket opens, and to whom. */
export interface BucketAccessProps {
  /** The bucket to open. Owned by this app: a policy cannot be attached to an imported bucket. */
  readonly bucket: s3.Bucket;

  /**
   * Roles that may list the bucket (`s3:ListBucket`).
   *
   * @default - none
   */
  readonly listers?: iam.IRole[];

  /**
   * Roles that may read the objects (`s3:GetObject`).
   *
   * @default - none
   */
  readonly readers?: iam.IRole[];

  /**
   * Only the objects whose key starts with this.
   *
   * @default - every object
   */
  readonly prefix?: string;
}

/**
 * The bucket account's half of a `CrossAccountObjectsMap`: the bucket policy statements that let roles of another
 * account list and read a bucket. Deployed in the bucket account, after the stacks that hold the roles, because S3
 * refuses a policy that names a role which does not exist.
 */
export class BucketAccess extends Construct {
  constructor(scope: Construct, id: string, props: BucketAccessProps) {
    super(scope, id);
    const { bucket, listers = [], readers = [] } = props;
    const stack = Stack.of(this);
    if (listers.length === 0 && readers.length === 0) {
      throw new Error(`${this.node.path}: expected at least one role in listers or readers, found none`);
    }
    if (bucket.encryptionKey !== undefined) {
      throw new Error(
        `${this.node.path}: a bucket encrypted with a KMS key is not supported, use S3-managed encryption`,
      );
    }

    const { bucketArn, objectsArn, listConditions } = objectsOf(stack, bucket.bucketName, props.prefix);
    const statements = [
      {
        sid: 'CrossmapList',
        actions: ['s3:ListBucket'],
        resources: [bucketArn],
        roles: listers,
        conditions: listConditions,
      },
      { sid: 'CrossmapRead', actions: ['s3:GetObject'], resources: [objectsArn], roles: readers, conditions: {} },
    ];
    for (const { roles, ...statement } of statements) {
      if (roles.length === 0) continue;
      const principals = roles.map((role) => new iam.ArnPrincipal(role.roleArn));
      const added = bucket.addToResourcePolicy(new iam.PolicyStatement({ ...statement, principals }));
      if (!added.statementAdded) {
        throw new Error(
          `${this.node.path}: the bucket is imported; its policy can only be changed by the app that owns it`,
        );
      }
    }
    for (const roleStack of new Set([...listers, ...readers].map((role) => Stack.of(role)))) {
      if (roleStack !== stack) bucket.policy?.node.addDependency(roleStack);
    }
  }
}
