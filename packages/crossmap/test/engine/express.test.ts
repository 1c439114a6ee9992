import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/asl/json.ts';
import { compileMachine } from '../../src/asl/machine.ts';
import { validateDefinition } from '../../src/asl/validate.ts';
import type { ExecutionHeader } from '../../src/engine/execution.ts';
import { Executions } from '../../src/engine/executions.ts';
import type { HistoryEvent } from '../../src/engine/history.ts';
import { MemoryExecutions } from './memory-executions.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { countingIds, headerOf, settled } from './workbench.ts';

/** One execution of that kind, and what was told of it. */
function start(definition: JsonObject, express?: ExecutionHeader['express']) {
  const clock = new SimulatedClock();
  const store = new MemoryExecutions();
  const told: HistoryEvent[] = [];
  const executions = new Executions({
    clock,
    ids: countingIds(),
    store,
    tasks: { run: () => new Promise(() => {}) },
    mapRuns: { run: () => new Promise(() => {}) },
    log: (_request, events) => told.push(...events),
    onFault: (fault) => assert.fail(String(fault)),
  });
  const validated = validateDefinition(JSON.stringify(definition));
  assert.ok(validated.ok);
  const header = { ...headerOf({}, clock.now()), ...(express && { express }) };
  const { started, ended } = executions.start({
    header,
    inputText: '{}',
    machine: compileMachine(validated.definition),
  });
  return { clock, store, told, executions, started, ended, header };
}

const waiting = (Seconds: number, fields: JsonObject = {}) => ({
  StartAt: 'W',
  States: { W: { Type: 'Wait', Seconds, End: true } },
  ...fields,
});
const MINUTE = 60_000;

describe('an EXPRESS execution', () => {
  test('ends after five minutes, or earlier when its machine says so', async () => {
    const long = start(waiting(3600), 'asynchronous');
    await long.clock.advance(5 * MINUTE - 1);
    assert.equal(long.executions.running, 1);
    await long.clock.advance(1);
    assert.deepEqual((await long.ended).status, 'TIMED_OUT');
    assert.deepEqual(long.told.at(-1)?.details, {});

    const short = start(waiting(3600, { TimeoutSeconds: 7 }), 'synchronous');
    await short.clock.advance(7_000);
    assert.equal((await short.ended).status, 'TIMED_OUT');
    const patient = start(waiting(3600, { TimeoutSeconds: 900 }), 'synchronous');
    await patient.clock.advance(5 * MINUTE);
    assert.equal((await patient.ended).status, 'TIMED_OUT');
  });

  test('is not kept', async () => {
    const { store, ended, told } = start({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }, 'asynchronous');
    assert.equal((await ended).status, 'SUCCEEDED');
    assert.equal(store.records.size, 0);
    assert.deepEqual(
      told.map(({ id, type }) => [id, type]),
      [
        [1, 'ExecutionStarted'],
        [2, 'PassStateEntered'],
        [3, 'PassStateExited'],
        [4, 'ExecutionSucceeded'],
      ],
    );
  });

  test('may have more than 25,000 events', async () => {
    const map = (i: number) => ({
      Type: 'Map',
      ItemsPath: '$.items',
      ItemProcessor: { StartAt: `P${i}`, States: { [`P${i}`]: { Type: 'Pass', End: true } } },
      ResultPath: null,
      ...(i < 6 ? { Next: `M${i + 1}` } : { End: true }),
    });
    const Parameters = { 'items.$': 'States.ArrayRange(1, 1000, 1)' };
    const maps = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`M${i}`, map(i)]));
    const definition = { StartAt: 'A', States: { A: { Type: 'Pass', Parameters, Next: 'M0' }, ...maps } };
    const plain = JSON.parse(JSON.stringify(definition)) as JsonObject;
    const { ended, told } = start(plain, 'asynchronous');
    assert.equal((await ended).status, 'SUCCEEDED');
    assert.ok(told.length > 25_000, String(told.length));
  });

  test('has RedriveCount in its context object unless it is synchronous', async () => {
    const Parameters = { 'execution.$': '$$.Execution' };
    const definition = { StartAt: 'P', States: { P: { Type: 'Pass', Parameters, End: true } } };
    const counted = async (express?: ExecutionHeader['express']) => {
      const { ended } = start(definition, express);
      const record = await ended;
      assert.ok(record.status === 'SUCCEEDED');
      return (JSON.parse(record.output) as { execution: JsonObject }).execution.RedriveCount;
    };
    assert.deepEqual(await Promise.all([counted(), counted('asynchronous'), counted('synchronous')]), [
      0,
      0,
      undefined,
    ]);
  });
});

test('a STANDARD execution may take longer, and is told of once it is committed', async () => {
  const { clock, ended, told, store, started } = start(waiting(3600));
  const write = store.recordExecution.bind(store);
  const toldAtWrite: number[] = [];
  store.recordExecution = async (record, events) => {
    toldAtWrite.push(told.length);
    await write(record, events);
  };
  await started;
  await clock.advance(3600_000);
  assert.equal((await ended).status, 'SUCCEEDED');
  await settled();
  assert.deepEqual(toldAtWrite.at(-1), 2);
  assert.equal(told.length, 4);
});
