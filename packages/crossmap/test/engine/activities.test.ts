import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activities, type OfferedTask } from '../../src/engine/activities.ts';
import type { ActivityRecord } from '../../src/engine/ports.ts';
import { SimulatedClock, settled } from './simulated-clock.ts';

const ARN = 'arn:aws:states:eu-west-1:111111111111:activity:pack';

async function opened(kept: readonly ActivityRecord[] = []) {
  const clock = new SimulatedClock();
  const recorded: ActivityRecord[] = [];
  const deleted: string[] = [];
  const store = {
    recordActivity: async (activity: ActivityRecord) => void recorded.push(activity),
    deleteActivity: async (activityArn: string) => void deleted.push(activityArn),
    activities: async (_prefix: string, _limit: number, after?: string) => {
      const at = Number(after ?? 0);
      const items = kept.slice(at, at + 1);
      return at + 1 < kept.length ? { items, next: String(at + 1) } : { items };
    },
  };
  return { activities: await Activities.open({ store, clock }), clock, recorded, deleted };
}

function task(name: string, alive = true): OfferedTask & { readonly workers: (string | undefined)[] } {
  const workers: (string | undefined)[] = [];
  const start = async (worker: string | undefined) => {
    workers.push(worker);
    return alive;
  };
  return { activityArn: ARN, taskToken: name, input: {}, start, workers };
}

test('an activity is created once and deleted; the ones the store keeps are there when it opens', async () => {
  const kept = [1, 2].map((n) => ({ activityArn: `${ARN}${n}`, name: `pack${n}`, creationDate: n }));
  const { activities, recorded, deleted, clock } = await opened(kept);
  assert.deepEqual([activities.get(`${ARN}1`), activities.get(`${ARN}2`)], kept);
  const first = await activities.create({ activityArn: ARN, name: 'pack' });
  await clock.advance(5);
  assert.equal(await activities.create({ activityArn: ARN, name: 'pack' }), first);
  assert.deepEqual(recorded, [first]);
  await activities.delete(ARN);
  await activities.delete(ARN);
  assert.equal(activities.has(ARN), false);
  assert.deepEqual(deleted, [ARN]);
});

test('an activity is there only once the store keeps it', async () => {
  let kept = () => {};
  const store = {
    recordActivity: () =>
      new Promise<void>((resolve) => {
        kept = resolve;
      }),
    deleteActivity: async () => {},
    activities: async () => ({ items: [] }),
  };
  const activities = await Activities.open({ store, clock: new SimulatedClock() });
  const creation = activities.create({ activityArn: ARN, name: 'pack' });
  await settled();
  assert.equal(activities.has(ARN), false);
  kept();
  await creation;
  assert.equal(activities.has(ARN), true);
});

test('tasks are given in the order they were offered, each once', async () => {
  const { activities } = await opened();
  const [first, second] = [task('1'), task('2')];
  activities.offer(first);
  activities.offer(second);
  assert.equal(await activities.poll(ARN, 'a'), first);
  assert.equal(await activities.poll(ARN, 'b'), second);
  assert.deepEqual([first.workers, second.workers], [['a'], ['b']]);
});

test('a worker that waits gets the next task, the one who came first before others', async () => {
  const { activities, clock } = await opened();
  const polls = [activities.poll(ARN, 'a'), activities.poll(ARN, 'b')];
  await settled();
  const [first, second] = [task('1'), task('2')];
  activities.offer(first);
  activities.offer(second);
  assert.deepEqual(await Promise.all(polls), [first, second]);
  assert.equal(clock.waiting, 0);
});

test('an offer that is taken back is given to nobody', async () => {
  const { activities } = await opened();
  const [gone, live] = [task('1'), task('2')];
  const takeBack = activities.offer(gone);
  activities.offer(live);
  takeBack();
  assert.equal(await activities.poll(ARN, 'a'), live);
  assert.deepEqual(gone.workers, []);
});

test('a task that nobody waits for any more is passed over', async () => {
  const { activities } = await opened();
  const [gone, live] = [task('1', false), task('2')];
  activities.offer(gone);
  activities.offer(live);
  assert.equal(await activities.poll(ARN, 'a'), live);
  assert.deepEqual(gone.workers, ['a']);
});

test('a worker waits a minute in all, then gets nothing and is forgotten', async () => {
  const { activities, clock } = await opened();
  let answer: OfferedTask | undefined | 'waiting' = 'waiting';
  void activities.poll(ARN, 'a').then((given) => {
    answer = given;
  });
  await clock.advance(30_000);
  activities.offer(task('1', false));
  await clock.advance(29_999);
  assert.equal(answer, 'waiting');
  await clock.advance(1);
  assert.equal(answer, undefined);
  const kept = task('2');
  activities.offer(kept);
  assert.equal(await activities.poll(ARN, 'b'), kept);
});
