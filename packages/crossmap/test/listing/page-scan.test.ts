import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PageScan } from '../../src/listing/http/page-scan.ts';
import { contents, urlEncode } from './list-server.ts';

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>' +
  '<Prefix></Prefix><NextContinuationToken>1/a+b=&amp;</NextContinuationToken><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>';

function scanned(text: string, fields: 'keys' | 'all', cuts: readonly number[] = []) {
  const scan = new PageScan(fields);
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    scan.push(text.slice(from, cut));
    from = Math.max(from, cut);
  }
  scan.push(text.slice(from));
  return scan.end();
}

describe('PageScan', () => {
  test('gives any keys back, wherever the answer is cut into chunks', () => {
    const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 12 }),
        fc.array(fc.nat(3_000), { maxLength: 12 }),
        fc.constantFrom('keys' as const, 'all' as const),
        (keys, cuts, fields) => {
          const text = `${HEAD}${keys.map((name) => contents(urlEncode(name))).join('')}</ListBucketResult>`;
          const page = scanned(
            text,
            fields,
            cuts.map((cut) => Math.min(cut, text.length)),
          );
          assert.deepEqual(page.keys, keys);
          assert.equal(page.truncated, true);
          assert.equal(page.token, '1/a+b=&');
          assert.deepEqual(
            page.columns?.sizes,
            fields === 'keys' ? undefined : keys.map((name) => urlEncode(name).length),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test('reads the fields of an object, whatever else it has', () => {
    const owner = '<Owner><ID>79a59df9</ID><DisplayName>Key</DisplayName></Owner>';
    const restore = '<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>';
    const { columns, keys } = scanned(
      `${HEAD}${contents('a', owner)}${contents('b', restore)}</ListBucketResult>`,
      'all',
    );
    assert.deepEqual(keys, ['a', 'b']);
    assert.deepEqual(columns, {
      sizes: [1, 1],
      lastModified: ['2026-01-02T03:04:05.000Z', '2026-01-02T03:04:05.000Z'],
      etags: ['"abc123"', '"abc123"'],
      storageClasses: ['STANDARD', 'STANDARD'],
    });
  });

  test('tells an encoded space from an encoded plus', () => {
    const keys = ['a b', 'a+b', 'a%20b', 'a%2Bb'];
    const text = `${HEAD}${keys.map((key) => contents(urlEncode(key))).join('')}</ListBucketResult>`;
    assert.deepEqual(scanned(text, 'keys').keys, keys);
  });

  test('understands a server that does not encode: entities and UTF-8', () => {
    const utf8 = (text: string) => Buffer.from(text).toString('latin1');
    const text = `<ListBucketResult><IsTruncated>false</IsTruncated>${contents(utf8('a &amp; é 😀 %20+ &#13;'))}</ListBucketResult>`;
    assert.deepEqual(scanned(text, 'keys').keys, ['a & é 😀 %20+ \r']);
  });

  test('says whether keys need no escapes', () => {
    const page = (key: string) => scanned(`${HEAD}${contents(urlEncode(key))}</ListBucketResult>`, 'keys');
    assert.equal(page('data/a-b_c.1=2+3 4').plain, true);
    for (const key of ['a"b', 'a,b', 'a\\b', 'a\nb', 'é', 'a<b', '\u007f']) assert.equal(page(key).plain, false, key);
  });

  test('an answer that breaks off is not a page, wherever it does', () => {
    const text = `${HEAD}${contents('a')}${contents('b')}</ListBucketResult>`;
    for (let end = 0; end < text.length; end++) {
      assert.throws(
        () => scanned(text.slice(0, end), 'keys'),
        { code: 'UnreadableAnswer', kind: 'failed' },
        `at ${end}`,
      );
    }
  });

  test('a key that is not UTF-8 is refused, not changed', () => {
    assert.throws(() => scanned(`${HEAD}${contents('a%FF')}</ListBucketResult>`, 'keys'), { code: 'UnreadableAnswer' });
  });
});
