import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { objectsOfJsonArray } from '../handlers/collect-results/json-array.ts';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, chunkSize = 7): Promise<object[]> {
  const objects: object[] = [];
  for await (const object of objectsOfJsonArray(cut(Buffer.from(text), chunkSize), 's3://b/k')) objects.push(object);
  return objects;
}

suite('objectsOfJsonArray', () => {
  test('gives what JSON.parse gives, wherever the chunks are cut', async () => {
    const objects = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()));
    const space = fc.constantFrom(undefined, 2, '\t');
    await fc.assert(
      fc.asyncProperty(objects, space, fc.integer({ min: 1, max: 40 }), async (array, indent, chunkSize) => {
        const text = JSON.stringify(array, undefined, indent);
        assert.deepEqual(await read(text, chunkSize), JSON.parse(text));
      }),
      { numRuns: 200 },
    );
  });

  test('brackets, braces and quotes inside strings do not count', async () => {
    assert.deepEqual(await read('[{"a":"]}\\"[{\\\\"},\n{"b":[[{}]]}]\n', 1), [{ a: ']}"[{\\' }, { b: [[{}]] }]);
  });

  test('an empty array has no objects', async () => {
    assert.deepEqual(await read(' [ ] '), []);
  });

  test('anything but one whole array of objects is refused', async () => {
    for (const text of [
      '',
      '[',
      '[{"a":1}',
      '[{"a":1},',
      '{"a":1}',
      '[1]',
      '["a"]',
      '[{"a":1}] x',
      '[{"a" 1}]',
      '[[{}]]',
    ]) {
      await assert.rejects(
        read(text),
        { name: 'FileUnreadable', message: /^s3:\/\/b\/k is not a whole JSON array/ },
        text,
      );
    }
  });
});
