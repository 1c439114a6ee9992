import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../src/asl/json.ts';
import type { HistoryEvent } from '../../src/engine/history.ts';
import type { ExecutionEnd, ExecutionRecord } from '../../src/engine/ports.ts';
import { type EventForm, FORM_OF_TYPE } from '../../src/store/event-fields.ts';
import { packHistory, unpackHistory } from '../../src/store/packed-history.ts';
import { execution, passEvents, ROLE_ARN, RUNNING, START, succeeded, taskEvents } from './executions.ts';

describe('packed history', () => {
  test('unpacking gives back exactly the events that were packed', () => {
    fc.assert(
      fc.property(histories(), ({ record, events }) => {
        assert.deepEqual(unpackHistory(record, packHistory(record, events)), events);
      }),
      { numRuns: 500 },
    );
  });

  test('the events of one write are given back with the record of the running execution', () => {
    fc.assert(
      fc.property(histories(), fc.nat(20), ({ record, events }, from) => {
        const { executionArn, stateMachineArn, name, roleArn, startDate, input } = record;
        const running: ExecutionRecord = { executionArn, stateMachineArn, name, roleArn, startDate, input, ...RUNNING };
        assert.deepEqual(unpackHistory(running, packHistory(running, events.slice(from))), events.slice(from));
      }),
    );
  });

  test('a Pass child says its input and output nowhere but in its record', () => {
    const [input, output] = [{ Key: 'in-marker' }, { Key: 'out-marker' }];
    const packed = packHistory(execution('pass', succeeded(output), input), passEvents(input, output));
    assert.doesNotMatch(packed, /marker/);
    assert.ok(packed.length < 100, `${packed.length} characters`);
  });

  test('a payload equal by value is packed as one equal by reference', () => {
    const record = execution('task', succeeded({ a: [1, { b: null }] }), { k: 1 });
    const shared = taskEvents({ k: 1 }, { a: [1, { b: null }] });
    assert.equal(packHistory(record, structuredClone(shared)), packHistory(record, shared));
  });

  test('a payload with the same keys in another order is another payload', () => {
    const record = execution('order', succeeded({ a: 1, b: 2 }), { b: 2, a: 1 });
    const events = passEvents({ b: 2, a: 1 }, { a: 1, b: 2 });
    assert.equal(JSON.stringify(unpackHistory(record, packHistory(record, events))), JSON.stringify(events));
  });

  test('what every event says is packed under a code of its own', () => {
    const codes = Array.from(FORM_OF_TYPE.values(), (form) => form.code);
    assert.deepEqual(
      codes.toSorted((a, b) => a - b),
      codes.map((_, index) => index),
    );
  });
});

/** Random histories: any types in any order, some values often repeated, usual and unusual previous events. */
function histories(): fc.Arbitrary<{ record: ExecutionRecord; events: HistoryEvent[] }> {
  return fc.tuple(payloads(), payloads(), ends()).chain(([input, output, end]) => {
    const record = execution('random', end ?? succeeded(output), input);
    const payload = fc.oneof(fc.constant(input), fc.constant(output), payloads());
    const forms = Array.from(FORM_OF_TYPE.values()).filter(({ type }) => type !== 'ExecutionStarted');
    const rest = fc.array(
      fc.constantFrom(...forms).chain((form) => events(form, payload, fc.string({ unit: 'binary' }))),
      { maxLength: 12 },
    );
    return rest.map((middle) => {
      const first = { type: 'ExecutionStarted', details: { input, roleArn: ROLE_ARN } };
      const last = end === undefined ? [{ type: 'ExecutionSucceeded', details: { output } }] : [];
      const all = [first, ...middle, ...last].map((event, index) => ({
        id: index + 1,
        previousEventId: index < 2 ? 0 : index,
        timestamp: START + index,
        ...event,
      }));
      return { record, events: all as unknown as HistoryEvent[] };
    });
  });
}

function events(form: EventForm, payload: fc.Arbitrary<Json>, text: fc.Arbitrary<string>): fc.Arbitrary<object> {
  const fieldOf = { payload, text: fc.oneof(fc.constantFrom('invoke', 'E', 'C', ''), text), number: fc.nat() };
  const optional = ['error', 'cause', 'timeoutInSeconds'];
  const fields = Object.fromEntries(form.fields.map(([field, kind]) => [field, fieldOf[kind]]));
  const present = form.fields.map(([field]) => field).filter((field) => !optional.includes(field));
  return fc.record(
    {
      type: fc.constant(form.type),
      details: fc.record(fields, { requiredKeys: present, noNullPrototype: true }),
      timestamp: fc.integer({ min: START - 5_000, max: START + 1_000_000_000 }),
      previousEventId: fc.nat(30_000),
      private: fc.record(
        { retry: fc.record({ retrier: fc.nat(5), dueAt: fc.nat() }, { noNullPrototype: true }) },
        { noNullPrototype: true },
      ),
    },
    { requiredKeys: ['type', 'details'], noNullPrototype: true },
  );
}

function payloads(): fc.Arbitrary<Json> {
  return fc.oneof(
    fc.constantFrom<Json>(0, 1, 2, null, false, '', [], {}, [0], { a: [null] }),
    fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as Json),
  );
}

function ends(): fc.Arbitrary<ExecutionEnd | undefined> {
  const stopDate = START + 9;
  return fc.constantFrom<(ExecutionEnd | undefined)[]>(
    undefined,
    undefined,
    RUNNING,
    { status: 'FAILED', stopDate, error: 'E', cause: 'C' },
    { status: 'FAILED', stopDate, error: 'E', cause: 'E' },
    { status: 'TIMED_OUT', stopDate, cause: ROLE_ARN },
    { status: 'ABORTED', stopDate },
  );
}
