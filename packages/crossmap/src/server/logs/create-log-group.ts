import { ApiError } from '../step-functions/errors.ts';
import { invalid } from '../step-functions/parameters.ts';
import { type LogsOperation, logGroupArn, namedLogGroup } from './operation.ts';

const NAME = /^[\w./#-]{1,512}$/;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export const createLogGroup: LogsOperation = {
  resource: namedLogGroup,
  async handle(parameters, logGroups, scope) {
    parameters.refuseOthers(['logGroupName']);
    const name = parameters.string('logGroupName');
    if (!NAME.test(name)) {
      const pattern = 'Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+';
      throw invalid(`Value '${name}' at 'logGroupName' failed to satisfy constraint: ${pattern}`);
    }
    if (logGroups.create(logGroupArn(name, scope))) return {};
    throw new ApiError('ResourceAlreadyExistsException', 'The specified log group already exists');
  },
};
