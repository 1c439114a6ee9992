import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXECUTION, FUNCTION, MACHINE, ROLE, Workbench } from './workbench.ts';

test('$$ in a Pass state is exactly the execution, the state machine and the state', async () => {
  const bench = new Workbench();
  const ended = await bench.run({ S: { Type: 'Pass', Parameters: { 'ctx.$': '$$' }, End: true } }, '{"a":1}');
  assert.deepEqual(ended.status === 'SUCCEEDED' && JSON.parse(ended.output), {
    ctx: {
      Execution: {
        Id: EXECUTION,
        Input: { a: 1 },
        StartTime: '2024-05-01T12:00:00Z',
        Name: 'one',
        RoleArn: ROLE,
        RedriveCount: 0,
      },
      StateMachine: { Id: MACHINE, Name: 'machine' },
      State: { Name: 'S', EnteredTime: '2024-05-01T12:00:00Z' },
    },
  });
});

test('EnteredTime is that of the state, with milliseconds where there are any, and the same in each attempt', async () => {
  const bench = new Workbench();
  bench.task = (_, call) =>
    call === 1 ? { kind: 'failed', failure: { error: 'E' } } : { kind: 'succeeded', output: {} };
  const Parameters = { 'at.$': '$$.State.EnteredTime' };
  await bench.clock.advance(1_230);
  await bench.run({ T: { Type: 'Task', Resource: FUNCTION, Parameters, Retry: [{ ErrorEquals: ['E'] }], End: true } });
  assert.deepEqual(
    bench.taskRequests.map(({ parameters }) => parameters),
    [{ at: '2024-05-01T12:00:01.230Z' }, { at: '2024-05-01T12:00:01.230Z' }],
  );
});
