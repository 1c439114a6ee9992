import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogGroups } from '../../src/accounts/log-groups.ts';
import type { JsonObject } from '../../src/asl/json.ts';
import type { HistoryEvent } from '../../src/engine/history.ts';
import type { LoggingConfiguration } from '../../src/engine/ports.ts';
import { logEvents } from '../../src/server/step-functions/execution-log.ts';

const GROUP = 'arn:aws:logs:us-east-1:111111111111:log-group:/runs';
const EXECUTION = 'arn:aws:states:us-east-1:111111111111:execution:machine:one';
const input = { a: 1 };

const event = <T extends HistoryEvent['type']>(
  id: number,
  type: T,
  details: Extract<HistoryEvent, { type: T }>['details'],
) => ({ id, previousEventId: id - 1, type, timestamp: 1_720_000_000_000 + id, details }) as HistoryEvent;

const EVENTS: readonly HistoryEvent[] = [
  event(1, 'ExecutionStarted', { input, roleArn: 'role' }),
  event(2, 'TaskStateEntered', { name: 'T', input }),
  event(3, 'TaskScheduled', { resourceType: 'lambda', resource: 'invoke', region: 'us-east-1', parameters: { p: 1 } }),
  event(4, 'TaskFailed', { resourceType: 'lambda', resource: 'invoke', error: 'E', cause: 'c' }),
  event(5, 'FailStateEntered', { name: 'F', input }),
  event(6, 'ExecutionFailed', { error: 'E' }),
];

function logged(
  logging: Partial<LoggingConfiguration>,
  events = EVENTS,
  inputText = '{ "a": 1 }',
): readonly JsonObject[] {
  const groups = new LogGroups(() => 0);
  groups.create(GROUP);
  const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn: `${GROUP}:*` } }];
  const header = {
    executionArn: EXECUTION,
    name: 'one',
    stateMachineArn: 'arn:aws:states:us-east-1:111111111111:stateMachine:machine',
    stateMachineName: 'machine',
    roleArn: 'role',
    region: 'us-east-1',
    accountId: '111111111111',
    startDate: 1_720_000_000_000,
    input,
    logging: { level: 'ALL', includeExecutionData: true, destinations, ...logging },
  } as const;
  logEvents(groups, { header, inputText }, events);
  return (groups.records(GROUP) ?? []).map(({ message }) => JSON.parse(message) as JsonObject);
}

const ids = (records: readonly JsonObject[]) => records.map(({ id }) => id).join('');

test('a record names the event as AWS writes it, numbers as text', () => {
  assert.deepEqual(logged({})[0], {
    id: '1',
    type: 'ExecutionStarted',
    details: { input: '{ "a": 1 }', inputDetails: { truncated: false }, roleArn: 'role' },
    previous_event_id: '0',
    event_timestamp: '1720000000001',
    execution_arn: EXECUTION,
    redrive_count: '0',
  });
});

test('ERROR logs failures and the Fail state, FATAL only the bad end, OFF nothing', () => {
  assert.equal(ids(logged({ level: 'ALL' })), '123456');
  assert.equal(ids(logged({ level: 'ERROR' })), '456');
  assert.equal(ids(logged({ level: 'FATAL' })), '6');
  assert.equal(ids(logged({ level: 'OFF' })), '');
  const ends = [event(1, 'ExecutionAborted', {}), event(2, 'ExecutionTimedOut', {})];
  const others = [event(3, 'MapIterationAborted', { name: 'M', index: 0 }), event(4, 'LambdaFunctionTimedOut', {})];
  assert.equal(ids(logged({ level: 'FATAL' }, [...ends, ...others])), '12');
  assert.equal(ids(logged({ level: 'ERROR' }, [...ends, ...others])), '1234');
  assert.equal(ids(logged({ level: 'ERROR' }, [event(1, 'ExecutionSucceeded', { output: 1 })])), '');
});

test('without execution data the payloads are left out, errors and causes are not', () => {
  assert.deepEqual(
    logged({ includeExecutionData: false }).map(({ details }) => details),
    [
      { roleArn: 'role' },
      { name: 'T' },
      { resourceType: 'lambda', resource: 'invoke', region: 'us-east-1' },
      { resourceType: 'lambda', resource: 'invoke', error: 'E', cause: 'c' },
      { name: 'F' },
      { error: 'E' },
    ],
  );
});

test('a payload of more than 248 KB as it is escaped is cut', () => {
  const quotes = `"${'\\"'.repeat(90_000)}"`;
  const [record] = logged({}, [event(1, 'ExecutionStarted', { input, roleArn: 'role' })], quotes);
  assert.ok(record !== undefined);
  const { input: shown, inputDetails } = record.details as { input: string; inputDetails: object };
  assert.deepEqual(inputDetails, { truncated: true });
  const escaped = Buffer.byteLength(JSON.stringify(shown));
  assert.ok(escaped <= 248 * 1024 && escaped > 247 * 1024, String(escaped));
  const [whole] = logged({}, EVENTS, `"${'x'.repeat(200_000)}"`);
  assert.ok(whole !== undefined);
  assert.deepEqual((whole.details as { inputDetails: object }).inputDetails, { truncated: false });
});

test('nothing is logged where there is no destination', () => {
  assert.deepEqual(logged({ destinations: [] }), []);
});
