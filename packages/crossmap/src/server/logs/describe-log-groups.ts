import { pageToken, readPageToken } from '../step-functions/page-token.ts';
import { type LogsOperation, logGroupArn } from './operation.ts';

const GROUPS_PER_PAGE = 50;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
export const describeLogGroups: LogsOperation = {
  resource: (_parameters, scope) => logGroupArn('*', scope),
  async handle(parameters, logGroups, scope) {
    parameters.refuseOthers(['logGroupNamePrefix', 'nextToken']);
    const after = readPageToken(parameters.optionalString('nextToken')) ?? '';
    const found = logGroups
      .list(logGroupArn(parameters.optionalString('logGroupNamePrefix') ?? '', scope))
      .filter(({ logGroupName }) => logGroupName > after);
    const page = found.slice(0, GROUPS_PER_PAGE);
    const last = page.at(-1);
    return {
      logGroups: page.map((group) => ({
        logGroupName: group.logGroupName,
        creationTime: group.creationTime,
        arn: `${group.logGroupArn}:*`,
        logGroupArn: group.logGroupArn,
      })),
      ...(last !== undefined && found.length > page.length && { nextToken: pageToken(last.logGroupName) }),
    };
  },
};
