import type { LogGroups } from '../../accounts/log-groups.ts';
import type { ExecutionHeader } from '../../engine/execution.ts';
import type { EventType, HistoryEvent } from '../../engine/history.ts';
import type { LoggingConfiguration } from '../../engine/ports.ts';
import { eventDetails } from './history-view.ts';

/** What CloudWatch Logs takes of a payload as it is escaped in a record. */
const PAYLOAD_BYTES = 248 * 1024;

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-log-level */
const LOGGED: Readonly<Record<LoggingConfiguration['level'], (type: EventType) => boolean>> = {
  ALL: () => true,
  ERROR: (type) => type === 'FailStateEntered' || /(Failed|Aborted|TimedOut)$/.test(type),
  FATAL: (type) => /^Execution(Failed|Aborted|TimedOut)$/.test(type),
  OFF: () => false,
};

/** Writes events of an execution to the log group of its state machine, as its level and its data are wanted there. */
export function logEvents(
  logGroups: LogGroups,
  { header, inputText }: { readonly header: ExecutionHeader; readonly inputText: string },
  events: readonly HistoryEvent[],
): void {
  const { logging, executionArn, stateMachineName, startDate, input } = header;
  const destination = logging?.destinations?.[0]?.cloudWatchLogsLogGroup.logGroupArn;
  if (logging === undefined || destination === undefined) return;
  const minute = new Date(startDate).toISOString().slice(0, 16).replace(/[T:]/g, '-');
  const logStreamName = `states/${stateMachineName}/${minute}/00000000`;
  const view = { inputText, includeExecutionData: logging.includeExecutionData };
  for (const event of events) {
    if (!LOGGED[logging.level](event.type)) continue;
    const { parameters, ...details } = eventDetails(event, input, view);
    const record = {
      id: String(event.id),
      type: event.type,
      details: truncated({ ...details, ...(view.includeExecutionData && parameters !== undefined && { parameters }) }),
      previous_event_id: String(event.previousEventId),
      event_timestamp: String(event.timestamp),
      execution_arn: executionArn,
      redrive_count: '0',
    };
    logGroups.put(groupArn(destination), {
      logStreamName,
      timestamp: event.timestamp,
      message: JSON.stringify(record),
    });
  }
}

/** The ARN of a log group without the `:*` that a logging configuration has after it. */
export function groupArn(destination: string): string {
  return destination.replace(/:\*$/, '');
}

/** Cuts a payload that is too long for CloudWatch Logs, and says so in its details. */
function truncated(details: ReturnType<typeof eventDetails>): ReturnType<typeof eventDetails> {
  const cut = { ...details };
  for (const name of ['input', 'output']) {
    const text = cut[name];
    if (typeof text !== 'string' || Buffer.byteLength(JSON.stringify(text)) <= PAYLOAD_BYTES) continue;
    cut[name] = start(text);
    cut[`${name}Details`] = { truncated: true };
  }
  return cut;
}

/** The longest start of a text, up to a few characters, that fits when it is escaped. */
function start(text: string): string {
  let [fits, over] = [0, text.length];
  while (over - fits > 8) {
    const middle = Math.floor((fits + over) / 2);
    if (Buffer.byteLength(JSON.stringify(text.slice(0, middle))) <= PAYLOAD_BYTES) fits = middle;
    else over = middle;
  }
  return text.slice(0, fits);
}
