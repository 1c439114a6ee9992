import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../virtual-clock.ts';

const YEAR = 31_536_000_000;

test('time jumps to the next timer, in the order of their times', async () => {
  const clock = new VirtualClock();
  const start = clock.now();
  const ran: number[] = [];
  for (const years of [2, 1, 3]) clock.at(start + years * YEAR, () => ran.push(years));
  clock.at(start, () => ran.push(0))();
  assert.equal(await clock.pass(), true);
  assert.ok(clock.now() - start >= YEAR && clock.now() - start < 2 * YEAR);
  assert.equal(await clock.pass(), true);
  assert.deepEqual(ran, [1, 2]);
  assert.equal(await clock.pass(), true);
  assert.equal(await clock.pass(), false);
});

test('timers due at about the same time run together, unless one cancels the other', async () => {
  const clock = new VirtualClock();
  const due = clock.now() + YEAR;
  const ran: string[] = [];
  clock.at(due, () => {
    ran.push('first');
    cancel();
  });
  const cancel = clock.at(due + 10, () => ran.push('cancelled'));
  clock.at(due + 50, () => ran.push('second'));
  clock.at(due + 1_000, () => ran.push('later'));
  await clock.pass();
  assert.deepEqual(ran, ['first', 'second']);
  assert.ok(clock.now() >= due + 50);
});

test('time does not pass while something happens', async () => {
  const clock = new VirtualClock();
  const happened: string[] = [];
  clock.at(clock.now() + YEAR, () => happened.push('timer'));
  const work = async () => {
    for (let step = 0; step < 20; step += 1) {
      clock.now();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    happened.push('work');
  };
  await Promise.all([work(), clock.pass()]);
  assert.deepEqual(happened, ['work', 'timer']);
});
