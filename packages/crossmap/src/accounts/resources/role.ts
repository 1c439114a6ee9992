import type { RolePolicy } from '../deployment.ts';
import { isAwsManaged } from '../managed-policies.ts';
import { generatedName } from './physical-name.ts';
import type { PropertyReader, StringRule } from './property-reader.ts';
import { principalsOf, type ResourceContext, type ResourceType } from './resource-type.ts';

const ROLE_NAME: StringRule = {
  pattern: /^[\w+=,.@-]{1,64}$/,
  expected: 'a role name (1 to 64 of `A-Za-z0-9_+=,.@-`)',
};
export const IAM_PATH: StringRule = {
  pattern: /^\/([\x21-\x7e]+\/)?$/,
  expected: 'a path that begins and ends with `/`',
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export const ROLE: ResourceType = {
  type: 'AWS::IAM::Role',
  withoutLocalMeaning: {},
  plan(properties, context) {
    const { accountId } = context.environment;
    const roleName = properties.optionalString('RoleName', ROLE_NAME) ?? generatedName(context, 64);
    const path = properties.optionalString('Path', IAM_PATH) ?? '/';
    const roleArn = `arn:aws:iam::${accountId}:role${path}${roleName}`;
    const trustPolicy = properties.policy('AssumeRolePolicyDocument', 'trust');
    const policies: RolePolicy[] = properties
      .objects('Policies')
      .map((policy) => ({ name: policy.string('PolicyName'), document: policy.policy('PolicyDocument', 'identity') }));
    const managedPolicyArns = properties
      .strings('ManagedPolicyArns')
      .filter((arn) => isAttachable(arn, 'ManagedPolicyArns', properties, context));
    const boundary = properties.optionalString('PermissionsBoundary');
    const bounded = boundary !== undefined && isAttachable(boundary, 'PermissionsBoundary', properties, context);
    const tags = properties.objects('Tags').map((tag) => [tag.string('Key'), tag.string('Value')] as const);
    const role = {
      roleArn,
      roleName,
      path,
      accountId,
      trustPolicy,
      policies,
      managedPolicyArns,
      description: properties.optionalString('Description') ?? '',
      maxSessionDuration: properties.integer('MaxSessionDuration', 3600, { min: 3600, max: 43_200 }),
      tags: Object.fromEntries(tags),
      ...(bounded && { permissionsBoundary: boundary }),
    };
    context.names.roleArns.set(`${accountId}/${roleName}`, roleArn);
    return {
      ref: roleName,
      attributes: { Arn: roleArn },
      role: roleArn,
      principals: principalsOf(trustPolicy),
      deploy: (deployment) => deployment.createRole(role),
    };
  },
};

/** A policy of the assembly, or one of AWS that is here; any other is reported. */
function isAttachable(arn: string, property: string, properties: PropertyReader, { names }: ResourceContext): boolean {
  if (names.managedPolicies.has(arn) || isAwsManaged(arn)) return true;
  if (arn.startsWith('arn:aws:iam::aws:policy/')) {
    properties.unsupported(property, `The managed policy \`${arn}\` is not supported`);
  } else {
    properties.invalid(property, `The assembly has no managed policy \`${arn}\``);
  }
  return false;
}
