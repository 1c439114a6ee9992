import { Names, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const MAX_ROLE_NAME = 64;

/** A role name that another account can write down before the role exists. Holds the Region: role names are global. */
export function roleName(scope: Construct, kind: string): string {
  const suffix = `-${kind}-${Stack.of(scope).region}`;
  return Names.uniqueResourceName(scope, { maxLength: MAX_ROLE_NAME - suffix.length }) + suffix;
}

/**
 * The role of the processor, under a name that another account can write down. The role which CDK makes for a function
 * has none, so it is given one, once: several maps may have the same processor. A role passed to the function is taken
 * as it is.
 */
export function namedProcessorRole(scope: Construct, processor: lambda.IFunction): iam.IRole {
  const role = processor.role;
  if (role === undefined) {
    throw new Error(
      `${scope.node.path}: the role of the processor is not known, so it cannot be given s3:GetObject; ` +
        'import the function with Function.fromFunctionAttributes and its role',
    );
  }
  if (role.node.scope !== processor) return role;
  const resource = role.node.defaultChild as iam.CfnRole;
  const known = resource.roleName;
  const resourceName = known === undefined || Token.isUnresolved(known) ? roleName(scope, 'process') : known;
  resource.roleName = resourceName;
  const roleArn = Stack.of(scope).formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
  return iam.Role.fromRoleArn(scope, 'ProcessRole', roleArn, { mutable: false });
}
