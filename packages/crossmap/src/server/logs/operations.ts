import type { LogGroups } from '../../accounts/log-groups.ts';
import { type JsonApi, jsonApi } from '../step-functions/protocol.ts';
import { createLogGroup } from './create-log-group.ts';
import { deleteLogGroup } from './delete-log-group.ts';
import { describeLogGroups } from './describe-log-groups.ts';
import { filterLogEvents } from './filter-log-events.ts';
import type { LogsOperation } from './operation.ts';

export function logsApi(logGroups: LogGroups): JsonApi {
  return jsonApi({ targetPrefix: 'Logs_20140328.', signedFor: 'logs' }, logsOperations, logGroups);
}

/** The operations of the CloudWatch Logs API that are here, by name. */
export const logsOperations: ReadonlyMap<string, LogsOperation> = new Map([
  ['CreateLogGroup', createLogGroup],
  ['DeleteLogGroup', deleteLogGroup],
  ['DescribeLogGroups', describeLogGroups],
  ['FilterLogEvents', filterLogEvents],
]);
