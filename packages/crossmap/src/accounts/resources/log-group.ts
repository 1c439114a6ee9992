import { generatedName } from './physical-name.ts';
import type { StringRule } from './property-reader.ts';
import type { ResourceType } from './resource-type.ts';

const LOG_GROUP_NAME: StringRule = {
  pattern: /^[\w./#-]{1,512}$/,
  expected: 'a log group name (1 to 512 of `A-Za-z0-9_./#-`)',
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html */
export const LOG_GROUP: ResourceType = {
  type: 'AWS::Logs::LogGroup',
  withoutLocalMeaning: {
    LogGroupClass: 'is a price class',
    RetentionInDays: 'acts after days; nothing here grows that old',
    Tags: 'are for cost reports and people',
  },
  plan(properties, context) {
    const { accountId, region } = context.environment;
    const logGroupName = properties.optionalString('LogGroupName', LOG_GROUP_NAME) ?? generatedName(context, 512);
    const logGroupArn = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}`;
    return {
      ref: logGroupName,
      attributes: { Arn: `${logGroupArn}:*` },
      deploy: (deployment) => deployment.createLogGroup({ logGroupArn, logGroupName, accountId, region }),
    };
  },
};
