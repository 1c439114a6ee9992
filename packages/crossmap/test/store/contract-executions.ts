import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExecutionEnd, StateMachineRecord } from '../../src/engine/ports.ts';
import { RefusedWrite } from '../../src/store/refused-write.ts';
import type { StoreUnderTest } from './contract.ts';
import {
  execution,
  MAP_RUN_ARN,
  passEvents,
  ROLE_ARN,
  RUNNING,
  START,
  STATE_MACHINE_ARN,
  succeeded,
  taskEvents,
} from './executions.ts';

/** What every `ExecutionStore` does with single executions and state machines. */
export function executionContract(name: string, { open, kept }: StoreUnderTest): void {
  describe(`executions in ${name}`, () => {
    test('an execution recorded from start to end in one write is given back with its history', async () => {
      const store = await open();
      const record = execution('one', succeeded({ b: 2 }), { a: 1 });
      const events = passEvents({ a: 1 }, { b: 2 });
      await store.recordExecution(record, events);
      const reader = await kept(store);
      assert.deepEqual(await reader.execution(record.executionArn), record);
      assert.deepEqual(await reader.history(record.executionArn), events);
      await reader.close();
    });

    test('the history of a running execution grows with each write and is whole after the end', async () => {
      let store = await open();
      const events = taskEvents({ key: 'a' }, { lines: 3 });
      const running = execution('two', RUNNING, { key: 'a' });
      const ended = execution('two', succeeded({ lines: 3 }), { key: 'a' });
      await store.recordExecution(running, events.slice(0, 2));
      store = await kept(store);
      assert.deepEqual(await store.history(running.executionArn), events.slice(0, 2));
      await store.recordExecution(running, events.slice(2, 4));
      store = await kept(store);
      assert.deepEqual(await store.execution(running.executionArn), running);
      assert.deepEqual(await store.history(running.executionArn), events.slice(0, 4));
      await store.recordExecution(ended, events.slice(4));
      store = await kept(store);
      assert.deepEqual(await store.execution(running.executionArn), ended);
      assert.deepEqual(await store.history(running.executionArn), events);
      await store.close();
    });

    test('each way to end keeps its error and cause, also when they are empty, absent or not plain text', async () => {
      const store = await open();
      const ends: ExecutionEnd[] = [
        { status: 'FAILED', stopDate: START + 1, error: 'States.TaskFailed', cause: 'line 1\nline 2 \u0000 \ud800 🙂' },
        { status: 'FAILED', stopDate: START + 1, error: '', cause: '' },
        { status: 'TIMED_OUT', stopDate: START + 1, error: 'States.Timeout' },
        { status: 'ABORTED', stopDate: START + 1 },
      ];
      const records = ends.map((end, index) => execution(`end-${index}`, end));
      const events = passEvents({}, {}, START, 2);
      await Promise.all(records.map((record) => store.recordExecution(record, events)));
      const reader = await kept(store);
      for (const record of records) assert.deepEqual(await reader.execution(record.executionArn), record);
      await reader.close();
    });

    test('an EXPRESS execution is found by an ARN that ends with its name and its id', async () => {
      const store = await open();
      const executionArn = 'arn:aws:states:us-east-1:111122223333:express:ProcessObjects/Objects:one:id';
      const record = { ...execution('one:id', succeeded(1)), executionArn };
      await store.recordExecution(record, passEvents({}, 1));
      const reader = await kept(store);
      assert.deepEqual(await reader.execution(executionArn), record);
      assert.equal((await reader.history(executionArn))?.length, 4);
      await reader.close();
    });

    test('an ARN that was never recorded has no execution and no history', async () => {
      const store = await open();
      const { executionArn } = execution('nobody', RUNNING);
      assert.equal(await store.execution(executionArn), undefined);
      assert.equal(await store.history(executionArn), undefined);
      assert.equal(await store.mapRun(MAP_RUN_ARN), undefined);
      assert.equal(await store.stateMachine(STATE_MACHINE_ARN), undefined);
      await store.close();
    });

    test('of two executions of one name the first is kept, and writes made with them are too', async () => {
      const store = await open();
      const [first, second] = [execution('same', RUNNING, 'first'), execution('same', RUNNING, 'second')];
      const results = await Promise.allSettled([
        store.recordExecution(first, passEvents('first', {}, START, 2)),
        store.recordExecution(second, passEvents('second', {}, START, 2)),
        store.recordExecution(execution('other', RUNNING), []),
      ]);
      assert.deepEqual(
        results.map((result) => (result.status === 'rejected' ? result.reason.name : 'kept')),
        ['kept', 'RefusedWrite', 'kept'],
      );
      const reader = await kept(store);
      assert.deepEqual(await reader.execution(first.executionArn), first);
      assert.notEqual(await reader.execution(execution('other', RUNNING).executionArn), undefined);
      await reader.close();
    });

    test('events that leave a gap are refused and the history stays as it was', async () => {
      const store = await open();
      const events = taskEvents(1, 2);
      const running = execution('gap', RUNNING, 1);
      await store.recordExecution(running, events.slice(0, 2));
      await assert.rejects(store.recordExecution(running, events.slice(3)), RefusedWrite);
      await assert.rejects(store.recordExecution(execution('late', RUNNING, 1), events.slice(1)), RefusedWrite);
      const reader = await kept(store);
      assert.deepEqual(await reader.history(running.executionArn), events.slice(0, 2));
      assert.equal(await reader.execution(execution('late', RUNNING).executionArn), undefined);
      await reader.close();
    });

    test('an ended execution takes no more events', async () => {
      let store = await open();
      const record = execution('over', succeeded(2), 1);
      await store.recordExecution(record, passEvents(1, 2));
      store = await kept(store);
      const more = taskEvents(1, 2).slice(4, 5);
      await assert.rejects(store.recordExecution(execution('over', RUNNING, 1), more), RefusedWrite);
      assert.deepEqual(await store.execution(record.executionArn), record);
      await store.close();
    });

    test('an execution whose ARN does not end with its name is refused', async () => {
      const store = await open();
      const record = { ...execution('name', RUNNING), name: 'another' };
      await assert.rejects(store.recordExecution(record, []), RefusedWrite);
      await store.close();
    });

    test('writes are refused once the store is closed', async () => {
      const store = await open();
      await store.close();
      await assert.rejects(store.recordExecution(execution('closed', RUNNING), []), /closed/);
    });

    test('a state machine is listed under its account and Region only, oldest first', async () => {
      const store = await open();
      const machine = (arn: string, creationDate: number): StateMachineRecord => ({
        stateMachineArn: arn,
        name: arn.slice(arn.lastIndexOf(':') + 1),
        definition: '{}',
        roleArn: 'arn:aws:iam::111122223333:role/workflow',
        type: 'STANDARD',
        creationDate,
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      });
      const here = 'arn:aws:states:us-east-1:111122223333:stateMachine:';
      const [old, young, same] = [machine(`${here}old`, 1), machine(`${here}young`, 3), machine(`${here}same`, 3)];
      const elsewhere = machine('arn:aws:states:eu-west-1:111122223333:stateMachine:x', 2);
      for (const each of [young, elsewhere, old, same]) await store.recordStateMachine(each);
      const changed: StateMachineRecord = {
        ...young,
        definition: '{"changed":true}',
        revisionId: '2',
        loggingConfiguration: {
          level: 'ERROR',
          includeExecutionData: true,
          destinations: [
            { cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:111122223333:log-group:x:*' } },
          ],
        },
      };
      await store.recordStateMachine(changed);
      const reader = await kept(store);
      const first = await reader.stateMachines(here, 2);
      assert.deepEqual(first.items, [old, changed]);
      const second = await reader.stateMachines(here, 2, first.next);
      assert.deepEqual(second, { items: [same] });
      assert.deepEqual(await reader.stateMachine(old.stateMachineArn), old);
      await reader.close();
    });

    test('a state machine is given back as it was in each revision, and an execution names its own', async () => {
      const store = await open();
      const first: StateMachineRecord = {
        stateMachineArn: STATE_MACHINE_ARN,
        name: 'ProcessObjects',
        definition: '{"first":1}',
        roleArn: `${ROLE_ARN}-first`,
        type: 'STANDARD',
        creationDate: START,
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      };
      const second = { ...first, definition: '{"second":2}', roleArn: `${ROLE_ARN}-second`, revisionId: 'two' };
      await store.recordStateMachine(first);
      await store.recordStateMachine(second);
      const run = { ...execution('one', RUNNING), revisionId: 'two' };
      await store.recordExecution(run, []);
      const reader = await kept(store);
      assert.deepEqual(await reader.stateMachine(STATE_MACHINE_ARN), second);
      assert.deepEqual(await reader.stateMachineRevision(STATE_MACHINE_ARN, undefined), first);
      assert.deepEqual(await reader.stateMachineRevision(STATE_MACHINE_ARN, 'two'), second);
      assert.equal(await reader.stateMachineRevision(STATE_MACHINE_ARN, 'three'), undefined);
      assert.deepEqual(await reader.execution(run.executionArn), run);
      await reader.close();
    });

    test('an activity is listed under its account and Region, oldest first, until it is deleted', async () => {
      const store = await open();
      const here = 'arn:aws:states:us-east-1:111122223333:activity:';
      const activity = (name: string, creationDate: number) => ({ activityArn: here + name, name, creationDate });
      const [old, young, gone] = [activity('old', 1), activity('young', 3), activity('gone', 2)];
      const elsewhere = { ...old, activityArn: 'arn:aws:states:eu-west-1:111122223333:activity:old' };
      for (const each of [young, elsewhere, gone, old]) await store.recordActivity(each);
      await store.deleteActivity(gone.activityArn);
      await store.deleteActivity(`${here}never`);
      const reader = await kept(store);
      const first = await reader.activities(here, 1);
      assert.deepEqual(first.items, [old]);
      assert.deepEqual(await reader.activities(here, 1, first.next), { items: [young] });
      assert.deepEqual((await reader.activities('', 10)).items, [elsewhere, old, young]);
      await reader.close();
    });

    test('an activity that is deleted and created again at once is there', async () => {
      const store = await open();
      const activity = { activityArn: 'arn:aws:states:us-east-1:111122223333:activity:a', name: 'a', creationDate: 1 };
      await Promise.all([
        store.recordActivity(activity),
        store.deleteActivity(activity.activityArn),
        store.recordActivity({ ...activity, creationDate: 2 }),
      ]);
      const reader = await kept(store);
      assert.deepEqual((await reader.activities('', 10)).items, [{ ...activity, creationDate: 2 }]);
      await reader.close();
    });
  });
}
