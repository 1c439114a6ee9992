import type { Permissions } from '../engine/ports.ts';
import type { FunctionConfiguration } from '../functions/function-configuration.ts';
import { parseArn } from '../iam/arn.ts';
import type { FunctionSessions } from './function-sessions.ts';
import type { LogGroups } from './log-groups.ts';

/**
 * Whether Lambda may write a log stream of a function as the function's role: it makes the stream, and the group where
 * that is not there. What is denied is recorded; the function runs all the same.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
export function deliversLog(
  { functionArn, functionName, region, logGroupName }: FunctionConfiguration,
  logStreamName: string,
  {
    sessions,
    logGroups,
    permissions,
  }: { readonly sessions: FunctionSessions; readonly logGroups: LogGroups; readonly permissions: Permissions },
): boolean {
  const logGroupArn = `arn:aws:logs:${region}:${parseArn(functionArn)?.accountId}:log-group:${logGroupName}`;
  const caller = { roleArn: sessions.role(functionArn), region, sessionName: functionName };
  const may = (action: string, stream: string) =>
    permissions.check(caller, `logs:${action}`, `${logGroupArn}:log-stream:${stream}`).kind === 'allowed';
  return (
    (logGroups.has(logGroupArn) || may('CreateLogGroup', '')) &&
    may('CreateLogStream', logStreamName) &&
    may('PutLogEvents', logStreamName)
  );
}
