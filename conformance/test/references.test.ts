import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawText, References, UnresolvedReference } from '../references.ts';

const NOW = Date.UTC(2025, 0, 31, 12, 30, 45, 678);

function references() {
  const kept = new References({ definition: { StartAt: 'A' }, input: ['${now}', 1] }, NOW);
  kept.keep('op1', {
    mapRuns: [{ mapRunArn: 'arn:run' }, { mapRunArn: 'arn:other' }],
    output: '{"Key":"k","list":[{"b":1,"a":2},{"a":1}]}',
    Body: '{"n":1}\n{"n":2}\n',
  });
  kept.keep('op2', { error: { Error: { Code: 'InvalidArn', Message: 'no' } } });
  kept.keep('op3', { error: { Error: { Code: 'ThrottlingException', Message: 'no' } } });
  return kept;
}

test('a reference gives a field, a part of a text or a filtered list', () => {
  const kept = references();
  assert.equal(kept.value('op1.mapRuns[-1].mapRunArn'), 'arn:other');
  assert.equal(kept.value('op1.output|json.Key'), 'k');
  assert.equal(kept.value('op1.mapRuns|count'), 2);
  assert.equal(kept.value('op1.output|tail:3'), '}]}');
  assert.deepEqual(kept.value('op1.Body|jsonl'), [{ n: 1 }, { n: 2 }]);
  assert.deepEqual(kept.value('op1.output|json.list|sort'), [{ a: 1 }, { b: 1, a: 2 }]);
  assert.deepEqual(kept.value('op1.mapRuns[0]|raw'), new RawText('{"mapRunArn":"arn:run"}'));
});

test('a JSONPath gives its only hit bare and several as a list, with all: always a list', () => {
  const kept = references();
  assert.equal(kept.value("op1|$.mapRuns[?(@.mapRunArn=='arn:run')].mapRunArn"), 'arn:run');
  assert.deepEqual(kept.value("op1|all:$.mapRuns[?(@.mapRunArn=='arn:run')].mapRunArn"), ['arn:run']);
  assert.deepEqual(kept.value('op1|$..mapRunArn'), ['arn:run', 'arn:other']);
});

test('texts take references in, and an object reference keeps its type', () => {
  const kept = references();
  assert.deepEqual(
    kept.resolve({ a: 'x ${op1.mapRuns[0].mapRunArn}', b: { $ref: 'op1.mapRuns|count' }, c: '${other}' }),
    {
      a: 'x arn:run',
      b: 2,
      c: '${other}',
    },
  );
  assert.equal(kept.resolve('${definition}'), '{"StartAt": "A"}');
  assert.equal(kept.resolve('${input}'), '["2025-01-31T12:30:45", 1]');
  assert.equal(kept.resolve('${now+2d}Z'), '2025-02-02T12:30:45Z');
});

test('an exception is named by its code only where the service models it', () => {
  const kept = references();
  assert.equal(kept.value('op2.error|typename'), 'InvalidArn');
  assert.equal(kept.value('op3.error|typename'), 'ClientError');
});

test('a reference to nothing is told by name', () => {
  assert.throws(() => references().value('op9.x'), UnresolvedReference);
  assert.throws(() => references().value('op1.nothing'), /Nothing at the reference op1\.nothing/);
  assert.throws(() => references().value('op1.output|other'), /Expected a known filter, got other/);
});
