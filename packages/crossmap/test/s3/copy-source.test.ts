import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCopySource } from '../../src/s3/copy-source.ts';
import { S3Error } from '../../src/s3/errors.ts';

test('a copy source is a bucket and a URL-encoded key, with a slash before it or not, and perhaps a version', () => {
  const cases: readonly (readonly [string, string, string, string | undefined])[] = [
    ['b/k', 'b', 'k', undefined],
    ['/b/a/b%2Fc', 'b', 'a/b/c', undefined],
    ['%2Fb%2Fk', 'b', 'k', undefined],
    ['b/%E4%B8%AD+%2B', 'b', '中 +', undefined],
    ['b/what?ever', 'b', 'what?ever', undefined],
    ['b/%3FversionId%3D1?versionId=x.y', 'b', '?versionId=1', 'x.y'],
    ['b//k', 'b', '/k', undefined],
    ['b/line%0Abreak', 'b', 'line\nbreak', undefined],
  ];
  for (const [source, bucket, key, versionId] of cases) {
    assert.deepEqual(parseCopySource(source), { bucket, key, versionId }, source);
  }
});

test('a source without a key is refused, and an access point by name', () => {
  for (const [source, code] of [
    ['b', 'InvalidArgument'],
    ['/b/', 'InvalidArgument'],
    ['', 'InvalidArgument'],
    ['b/%zz', 'InvalidArgument'],
    ['arn:aws:s3:eu-west-1:111111111111:accesspoint/ours/object/k', 'NotImplemented'],
  ] as const) {
    assert.throws(
      () => parseCopySource(source),
      (error) => error instanceof S3Error && error.code === code,
      source,
    );
  }
});
