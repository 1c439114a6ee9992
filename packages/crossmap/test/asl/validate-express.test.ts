import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateStateMachine } from '../../src/asl/validate-express.ts';

const task = (Resource: string) => ({ Type: 'Task', Resource, End: true });
const machine = (states: object) => ({ StartAt: Object.keys(states)[0], States: states });
const problems = (states: object, type: 'STANDARD' | 'EXPRESS' = 'EXPRESS') => {
  const validated = validateStateMachine(JSON.stringify(machine(states)), type);
  return validated.ok ? [] : validated.diagnostics.map(({ code, message, location }) => [code, message, location]);
};
const refused = (message: string, location: string) => ['SCHEMA_VALIDATION_FAILED', message, location];

const ACTIVITY = 'arn:aws:states:us-east-1:111111111111:activity:work';
const SYNC = "Express state machine does not support '.sync' service integration";
const TOKEN = "Express state machine does not support '.waitForTaskToken' service integration ";

test('an EXPRESS state machine has no activity, no .sync and no .waitForTaskToken', () => {
  assert.deepEqual(problems({ T: task(ACTIVITY) }), [
    refused('Express state machine does not support Activity ARN', '/States/T/Resource'),
  ]);
  for (const suffix of ['sync', 'sync:2']) {
    const states = { T: task(`arn:aws:states:::states:startExecution.${suffix}`) };
    assert.deepEqual(problems(states), [refused(SYNC, '/States/T/Resource')]);
  }
  const waiting = { T: task('arn:aws:states:::sns:publish.waitForTaskToken') };
  assert.deepEqual(problems(waiting), [refused(TOKEN, '/States/T/Resource')]);
});

test('nor inside Parallel and Map states, nor a Distributed Map', () => {
  const inner = machine({ T: task('arn:aws:states:::ecs:runTask.sync') });
  const parallel = { P: { Type: 'Parallel', Branches: [machine({ A: { Type: 'Succeed' } }), inner], End: true } };
  assert.deepEqual(problems(parallel), [refused(SYNC, '/States/P/Branches[1]/States/T/Resource')]);
  const iterator = { M: { Type: 'Map', Iterator: inner, End: true } };
  assert.deepEqual(problems(iterator), [refused(SYNC, '/States/M/Iterator/States/T/Resource')]);
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const ItemProcessor = { ProcessorConfig, ...machine({ A: { Type: 'Succeed' } }) };
  assert.deepEqual(
    problems({ M: { Type: 'Map', ItemProcessor, End: true } }).map(([, , location]) => location),
    ['/States/M/ItemProcessor/ProcessorConfig/Mode'],
  );
});

test('what else is wrong with the definition is told too', () => {
  const states = { T: task(ACTIVITY), P: { Type: 'Pass', Next: 'Gone' } };
  assert.deepEqual(
    problems(states).map(([code]) => code),
    ['SCHEMA_VALIDATION_FAILED', 'MISSING_TRANSITION_TARGET'],
  );
});

test('a STANDARD state machine is not asked for it', () => {
  const messages = problems({ T: task(ACTIVITY) }, 'STANDARD').map(([, message]) => message);
  assert.ok(!messages.some((message) => message?.includes('Express')), messages.join());
});
