import type { LogGroups } from '../../accounts/log-groups.ts';
import { isJsonObject, type Json } from '../../asl/json.ts';
import type { LoggingConfiguration, Permissions, RoleCaller } from '../../engine/ports.ts';
import { ApiError } from './errors.ts';
import { groupArn } from './execution-log.ts';
import { invalid } from './parameters.ts';

export const NOTHING_LOGGED: LoggingConfiguration = { level: 'OFF', includeExecutionData: false };

const LEVELS = ['ALL', 'ERROR', 'FATAL', 'OFF'] as const;

/** What a role needs so that Step Functions can write to a log group in its name (the page on CloudWatch Logs). */
const ACTIONS = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

/** Reads member `loggingConfiguration` of a request. */
export function readLoggingConfiguration(value: Json): LoggingConfiguration {
  const at = 'loggingConfiguration';
  const { level = 'OFF', includeExecutionData = false, destinations, ...others } = members(value, at);
  refuseOthers(others, at);
  const known = LEVELS.find((each) => each === level);
  if (known === undefined) {
    const allowed = `Member must satisfy enum value set: [${LEVELS.join(', ')}]`;
    throw invalid(`Value '${level}' at '${at}.level' failed to satisfy constraint: ${allowed}`);
  }
  if (typeof includeExecutionData !== 'boolean') throw notA('boolean', includeExecutionData, at);
  if (destinations === undefined || destinations === null) return { level: known, includeExecutionData };
  if (!Array.isArray(destinations)) throw notA('list', destinations, at);
  const read = (destination: Json, index: number) => readDestination(destination, `${at}.destinations.${index + 1}`);
  return { level: known, includeExecutionData, destinations: destinations.map(read) };
}

function readDestination(value: Json, at: string): NonNullable<LoggingConfiguration['destinations']>[number] {
  const { cloudWatchLogsLogGroup, ...others } = members(value, at);
  refuseOthers(others, at);
  const { logGroupArn, ...rest } = members(cloudWatchLogsLogGroup ?? {}, `${at}.cloudWatchLogsLogGroup`);
  refuseOthers(rest, `${at}.cloudWatchLogsLogGroup`);
  if (typeof logGroupArn !== 'string') throw invalidLogging('Log Destination not found.');
  return { cloudWatchLogsLogGroup: { logGroupArn } };
}

/** Refuses what could not be logged: not one log group that is there, or a role that may not log. */
export function checkLogging(
  { level, destinations = [] }: LoggingConfiguration,
  caller: RoleCaller,
  { logGroups, permissions }: { readonly logGroups: LogGroups; readonly permissions: Permissions },
): void {
  const [destination, ...others] = destinations;
  if (others.length > 0 || (destination === undefined && level !== 'OFF')) {
    throw invalidLogging('Must specify exactly one Log Destination.');
  }
  if (destination === undefined) return;
  const { logGroupArn } = destination.cloudWatchLogsLogGroup;
  if (!logGroupArn.endsWith(':*') || !logGroups.has(groupArn(logGroupArn))) {
    throw invalidLogging('Log Destination not found.');
  }
  if (level === 'OFF') return;
  for (const action of ACTIONS) {
    if (permissions.check(caller, action, '*').kind === 'refused') {
      const message = 'The state machine IAM Role is not authorized to access the Log Destination';
      throw new ApiError('AccessDeniedException', message);
    }
  }
}

/** Whether two configurations say the same. */
export function sameLogging(a: LoggingConfiguration, b: LoggingConfiguration): boolean {
  const said = ({ level, includeExecutionData, destinations = [] }: LoggingConfiguration) =>
    JSON.stringify([level, includeExecutionData, destinations]);
  return said(a) === said(b);
}

function invalidLogging(why: string): ApiError {
  return new ApiError('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${why}`);
}

function members(value: Json, at: string): Readonly<Record<string, Json | undefined>> {
  if (isJsonObject(value)) return value;
  throw notA('structure', value, at);
}

function refuseOthers(others: object, at: string): void {
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid(`'${at}.${other}' is not known`);
}

function notA(type: string, value: Json, at: string): ApiError {
  return invalid(`Value ${JSON.stringify(value)} at '${at}' failed to satisfy constraint: Member must be a ${type}`);
}
