import type { LogGroups } from '../../accounts/log-groups.ts';
import { ApiError } from '../step-functions/errors.ts';
import type { OperationOf, Scope } from '../step-functions/operation.ts';
import type { Parameters } from '../step-functions/parameters.ts';

export type LogsOperation = OperationOf<LogGroups>;

export function logGroupArn(logGroupName: string, { accountId, region }: Scope): string {
  return `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}`;
}

/** The group that `logGroupName` names; its ARN in policies ends in `:*`. */
export const namedLogGroup = (parameters: Parameters, scope: Scope): string =>
  `${logGroupArn(parameters.string('logGroupName'), scope)}:*`;

export function groupNotFound(): ApiError {
  return new ApiError('ResourceNotFoundException', 'The specified log group does not exist.');
}
