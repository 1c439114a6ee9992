import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Advanced, advance } from '../../src/engine/advance.ts';
import { type Execution, newExecution } from '../../src/engine/execution.ts';
import { fold } from '../../src/engine/fold.ts';
import type { HistoryEvent } from '../../src/engine/history.ts';
import type { Occurrence } from '../../src/engine/occurrence.ts';
import { FUNCTION, headerOf, INVOKE, machineOf } from './workbench.ts';

const Retry = [
  { ErrorEquals: ['A'], MaxAttempts: 2 },
  { ErrorEquals: ['States.ALL'], MaxAttempts: 1, JitterStrategy: 'FULL' },
];
const Catch = [{ ErrorEquals: ['A', 'B'], ResultPath: '$.error', Next: 'Choose' }];
const ItemProcessor = {
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'P',
  States: { P: { Type: 'Pass', End: true } },
};

/** A machine that can go many ways, and round again. */
const machine = machineOf({
  Work: { Type: 'Task', Resource: FUNCTION, ResultPath: '$.work', Retry, Catch, Next: 'Map' },
  Map: { Type: 'Map', ItemsPath: '$.items', ItemProcessor, ResultPath: '$.map', Retry, Catch, Next: 'Invoke' },
  Invoke: {
    Type: 'Task',
    Resource: INVOKE,
    Parameters: { FunctionName: 'f' },
    OutputPath: '$.go',
    Catch,
    Next: 'Work',
  },
  Choose: {
    Type: 'Choice',
    Choices: [{ Variable: '$.error.Error', StringEquals: 'A', Next: 'Work' }],
    Default: 'Stop',
  },
  Stop: { Type: 'Fail', Error: 'Stopped' },
});
const header = headerOf({ items: [1, 2] }, 0);

type Step = { readonly seed: number; readonly pick: number; readonly ms: number };
const error = (pick: number) => ['A', 'B', 'C', 'States.Runtime'][pick % 4] as string;

/** An occurrence that may be the one waited for, or one that is stale or of another kind. */
function occurrence(
  { root: { position }, lastEventId }: Execution,
  { seed, pick, ms }: Step,
  time: number,
): Occurrence {
  const waiting = position.at === 'state' ? position.waiting : undefined;
  const at = { seed, time: time + ms };
  const failure = { error: error(pick), cause: `c${pick}` };
  if (pick % 7 === 6)
    return { ...at, kind: 'task-ended', eventId: lastEventId + 1, outcome: { kind: 'failed', failure } };
  if (pick % 97 === 96) return { ...at, kind: 'execution-aborted', failure: {} };
  if (waiting?.for === 'task') {
    const { eventId } = waiting;
    const output = { go: { items: [pick] } };
    const outcome = pick % 2 ? ({ kind: 'succeeded', output } as const) : ({ kind: 'failed', failure } as const);
    return { ...at, kind: 'task-ended', eventId, outcome };
  }
  if (waiting?.for === 'retry') return { ...at, kind: 'retry-due', eventId: waiting.eventId };
  if (waiting?.for === 'map-run') {
    const { eventId } = waiting;
    const outcome =
      pick % 2 ? ({ kind: 'succeeded', output: [pick] } as const) : ({ kind: 'failed', failure } as const);
    return { ...at, kind: 'map-run-ended', eventId, outcome };
  }
  return { ...at, kind: 'execution-started' };
}

const steps = fc.array(fc.record({ seed: fc.nat(), pick: fc.nat(200), ms: fc.nat(100_000) }), {
  minLength: 1,
  maxLength: 40,
});

/** Runs the steps and calls `check` after every advance. */
async function follow(
  script: readonly Step[],
  check: (
    before: Execution,
    done: Advanced,
    events: readonly HistoryEvent[],
    given: Occurrence,
  ) => void | Promise<void>,
): Promise<void> {
  let execution = newExecution(header);
  let time = 0;
  const events: HistoryEvent[] = [];
  for (const step of script) {
    const given = occurrence(execution, step, time);
    time = given.time;
    const done = await advance(machine, execution, given);
    events.push(...done.events);
    await check(execution, done, events, given);
    execution = done.execution;
  }
}

test('the history is the state: folding the events gives the execution, after every advance', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      await follow(script, (_, done, events) => {
        assert.deepEqual(fold(header, events), done.execution);
        assert.deepEqual(fold(header, JSON.parse(JSON.stringify(events)) as HistoryEvent[]), done.execution);
      });
    }),
    { numRuns: 150 },
  );
});

test('ids count from 1, previous ids lie before, time is that of the occurrence', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      await follow(script, (before, done, _, given) => {
        done.events.forEach((event, i) => {
          assert.equal(event.id, before.lastEventId + i + 1);
          assert.ok(event.previousEventId < event.id);
          assert.equal(event.timestamp, given.time);
        });
      });
    }),
    { numRuns: 50 },
  );
});

test('advance is pure: the same again gives the same, and what it was given is unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      await follow(script, async (before, done, _, given) => {
        const frozen = JSON.stringify([before, given]);
        const again = await advance(machine, before, given);
        assert.equal(JSON.stringify([before, given]), frozen);
        assert.deepEqual(again.events, done.events);
        assert.deepEqual(again.execution, done.execution);
        assert.deepEqual(JSON.stringify(again.commands), JSON.stringify(done.commands));
      });
    }),
    { numRuns: 50 },
  );
});

test('an execution that runs on has exactly one thing to wait for, and one that has ended has nothing to do', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      await follow(script, (_, { execution: { end }, commands, events }) => {
        if (events.length === 0) assert.deepEqual(commands, []);
        else if (end !== undefined) assert.deepEqual(commands, []);
        else assert.equal(commands.length, 1);
      });
    }),
    { numRuns: 50 },
  );
});

test('an occurrence that is not waited for gives no events', async () => {
  const at = { time: 5, seed: 1 };
  const { execution } = await advance(machine, newExecution(header), { ...at, kind: 'execution-started' });
  const outcome = { kind: 'succeeded', output: {} } as const;
  const stale: readonly Occurrence[] = [
    { ...at, kind: 'execution-started' },
    { ...at, kind: 'task-ended', eventId: 2, outcome },
    { ...at, kind: 'task-ended', eventId: 4, outcome },
    { ...at, kind: 'retry-due', eventId: 3 },
    { ...at, kind: 'map-run-ended', eventId: 3, outcome },
  ];
  for (const given of stale) {
    const done = await advance(machine, execution, given);
    assert.deepEqual({ events: done.events, commands: done.commands }, { events: [], commands: [] });
    assert.equal(done.execution, execution);
  }
  const started = await advance(machine, newExecution(header), { ...at, kind: 'retry-due', eventId: 0 });
  assert.deepEqual(started.events, []);
});

test('an execution that has ended takes up nothing, not even an abort', async () => {
  const ended = await advance(machineOf({ S: { Type: 'Succeed' } }), newExecution(header), {
    kind: 'execution-started',
    time: 0,
    seed: 0,
  });
  const done = await advance(machine, ended.execution, { kind: 'execution-aborted', failure: {}, time: 1, seed: 0 });
  assert.deepEqual(done.events, []);
});
