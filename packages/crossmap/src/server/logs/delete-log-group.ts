import { groupNotFound, type LogsOperation, logGroupArn, namedLogGroup } from './operation.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html */
export const deleteLogGroup: LogsOperation = {
  resource: namedLogGroup,
  async handle(parameters, logGroups, scope) {
    parameters.refuseOthers(['logGroupName']);
    if (logGroups.delete(logGroupArn(parameters.string('logGroupName'), scope))) return {};
    throw groupNotFound();
  },
};
