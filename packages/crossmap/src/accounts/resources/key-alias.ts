import type { StringRule } from './property-reader.ts';
import type { ResourceType } from './resource-type.ts';

const ALIAS_NAME: StringRule = {
  pattern: /^alias\/(?!aws\/)[a-zA-Z0-9/_-]{1,250}$/,
  expected: 'an alias name (`alias/` and 1 to 250 of `A-Za-z0-9/_-`, not beginning with `aws/`)',
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-alias.html */
export const KEY_ALIAS: ResourceType = {
  type: 'AWS::KMS::Alias',
  withoutLocalMeaning: {},
  plan(properties, { environment }) {
    const aliasName = properties.string('AliasName', ALIAS_NAME);
    const targetKeyId = properties.string('TargetKeyId');
    return {
      ref: aliasName,
      attributes: {},
      deploy: (deployment) => deployment.createKeyAlias({ ...environment, aliasName, targetKeyId }),
    };
  },
};
