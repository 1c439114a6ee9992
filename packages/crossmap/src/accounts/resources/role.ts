import type { RolePolicy } from '../deployment.ts';
import { isAwsManaged } from '../managed-policies.ts';
import { generatedName } from './physical-name.ts';
import type { StringRule } from './property-reader.ts';
import { principalsOf, type ResourceType } from './resource-type.ts';

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
  withoutLocalMeaning: {
    Description: 'is for people',
    MaxSessionDuration: 'limits AssumeRole, which is refused',
    Tags: 'are for cost reports and people',
  },
  plan(properties, context) {
    const { accountId } = context.environment;
    const roleName = properties.optionalString('RoleName', ROLE_NAME) ?? generatedName(context, 64);
    const path = properties.optionalString('Path', IAM_PATH) ?? '/';
    const roleArn = `arn:aws:iam::${accountId}:role${path}${roleName}`;
    const trustPolicy = properties.policy('AssumeRolePolicyDocument', 'trust');
    const policies: RolePolicy[] = properties
      .objects('Policies')
      .map((policy) => ({ name: policy.string('PolicyName'), document: policy.policy('PolicyDocument', 'identity') }));
    const managedPolicyArns: string[] = [];
    for (const arn of properties.strings('ManagedPolicyArns')) {
      const managed = context.names.managedPolicies.get(arn);
      if (managed !== undefined) policies.push(managed);
      else if (isAwsManaged(arn)) managedPolicyArns.push(arn);
      else if (arn.startsWith('arn:aws:iam::aws:policy/'))
        properties.unsupported('ManagedPolicyArns', `The managed policy \`${arn}\` is not supported`);
      else properties.invalid('ManagedPolicyArns', `The assembly has no managed policy \`${arn}\``);
    }
    context.names.roleArns.set(`${accountId}/${roleName}`, roleArn);
    return {
      ref: roleName,
      attributes: { Arn: roleArn },
      role: roleArn,
      principals: principalsOf(trustPolicy),
      deploy: (deployment) =>
        deployment.createRole({ roleArn, roleName, path, accountId, trustPolicy, policies, managedPolicyArns }),
    };
  },
};
