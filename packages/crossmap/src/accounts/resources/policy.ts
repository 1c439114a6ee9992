import type { ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html */
export const POLICY: ResourceType = {
  type: 'AWS::IAM::Policy',
  withoutLocalMeaning: {},
  plan(properties, context) {
    const name = properties.string('PolicyName');
    const document = properties.policy('PolicyDocument', 'identity');
    if (!properties.has('Roles')) properties.invalid('Roles', 'Expected the roles that have the policy, found none');
    const roleArns = properties.strings('Roles').map((roleName) => context.roleArn(roleName));
    return {
      ref: name,
      attributes: {},
      async deploy(deployment) {
        for (const roleArn of roleArns) await deployment.putRolePolicy({ roleArn, name, document });
      },
    };
  },
};
