import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid } from '../../src/asl/uuid.ts';
import { randomFrom, uuidOfName } from '../../src/engine/random.ts';

const take = (random: () => number, count: number) => Array.from({ length: count }, random);

test('the same bits for the same purpose give the same numbers, in [0, 1)', () => {
  const numbers = take(randomFrom(1, 'a'), 1000);
  assert.deepEqual(take(randomFrom(1, 'a'), 1000), numbers);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  const mean = numbers.reduce((sum, number) => sum + number) / numbers.length;
  assert.ok(mean > 0.45 && mean < 0.55, String(mean));
});

test('other bits, or another purpose, give other numbers', () => {
  const first = new Set([
    ...Array.from({ length: 500 }, (_, seed) => randomFrom(seed, 'a')()),
    ...Array.from({ length: 500 }, (_, i) => randomFrom(0, `purpose ${i}`)()),
  ]);
  assert.equal(first.size, 1000);
});

test('UUIDs have the form of their version', () => {
  const random = randomFrom(9, 'uuid');
  for (let i = 0; i < 200; i++) {
    assert.match(uuid(random), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.match(uuidOfName(`n${i}`), /^[0-9a-f]{8}-[0-9a-f]{4}-3[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test('the UUID of a name is the same always, and no other name has it', () => {
  const names = Array.from({ length: 5000 }, (_, i) => `arn:aws:states:eu-west-1:111111111111:stateMachine:m/${i}`);
  assert.equal(new Set(names.map(uuidOfName)).size, names.length);
  assert.equal(uuidOfName('a'), uuidOfName('a'));
});
