import { keyArn } from '../kms/key.ts';
import { generatedKeyId } from './physical-name.ts';
import { principalsOf, type ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html */
export const KEY: ResourceType = {
  type: 'AWS::KMS::Key',
  withoutLocalMeaning: {
    BypassPolicyLockoutSafetyCheck: 'spares who creates the key a check, and a load is always let through',
    EnableKeyRotation: 'makes new key material after a year; nothing here grows that old',
    PendingWindowInDays: 'is about deletion, and no stack is deleted here',
    RotationPeriodInDays: 'makes new key material after days; nothing here grows that old',
  },
  plan(properties, context) {
    const keyId = generatedKeyId(context);
    const arn = keyArn(keyId, context.environment);
    properties.oneOf('KeySpec', ['SYMMETRIC_DEFAULT']);
    properties.oneOf('KeyUsage', ['ENCRYPT_DECRYPT']);
    properties.oneOf('Origin', ['AWS_KMS']);
    properties.oneOf('MultiRegion', [false]);
    const tags = properties.objects('Tags').map((tag) => [tag.string('Key'), tag.string('Value')] as const);
    const policy = properties.has('KeyPolicy') ? properties.policy('KeyPolicy', 'key') : undefined;
    const resource = {
      ...context.environment,
      keyId,
      description: properties.optionalString('Description') ?? '',
      enabled: properties.boolean('Enabled', true),
      tags: Object.fromEntries(tags),
      ...(policy && { policy }),
    };
    return {
      ref: keyId,
      attributes: { Arn: arn, KeyId: keyId },
      principals: policy === undefined ? [] : principalsOf(policy),
      deploy: (deployment) => deployment.createKey(resource),
    };
  },
};
