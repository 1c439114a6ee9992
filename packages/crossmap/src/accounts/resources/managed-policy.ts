import { generatedName } from './physical-name.ts';
import type { StringRule } from './property-reader.ts';
import type { ResourceType } from './resource-type.ts';
import { IAM_PATH } from './role.ts';

const POLICY_NAME: StringRule = {
  pattern: /^[\w+=,.@-]{1,128}$/,
  expected: 'a policy name (1 to 128 of `A-Za-z0-9_+=,.@-`)',
};

/**
 * A customer managed policy.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
 */
export const MANAGED_POLICY: ResourceType = {
  type: 'AWS::IAM::ManagedPolicy',
  withoutLocalMeaning: { Tags: 'are for cost reports and people' },
  plan(properties, context) {
    const name = properties.optionalString('ManagedPolicyName', POLICY_NAME) ?? generatedName(context, 128);
    const path = properties.optionalString('Path', IAM_PATH) ?? '/';
    const policyArn = `arn:aws:iam::${context.environment.accountId}:policy${path}${name}`;
    const policy = {
      accountId: context.environment.accountId,
      policyName: name,
      path,
      description: properties.optionalString('Description') ?? '',
      document: properties.policy('PolicyDocument', 'identity'),
    };
    const roleArns = properties.strings('Roles').map((roleName) => context.roleArn(roleName));
    context.names.managedPolicies.add(policyArn);
    return {
      ref: policyArn,
      attributes: { PolicyArn: policyArn },
      async deploy(deployment) {
        await deployment.createManagedPolicy(policy);
        for (const roleArn of roleArns) await deployment.attachRolePolicy({ roleArn, policyArn });
      },
    };
  },
};
