import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseHost } from '../../src/s3/endpoint.ts';
import { S3Error } from '../../src/s3/errors.ts';
import { parseUrl } from '../../src/s3/path-style.ts';
import { parseXml } from '../../src/s3/xml.ts';
import { authenticate, type CredentialLookup } from '../../src/server/sigv4.ts';
import { root } from './s3-world.ts';
import { signedHeaders } from './sign.ts';

const numRuns = Number(process.env.FUZZ_RUNS ?? 2000);
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const owner = root('111111111111');
const lookup: CredentialLookup = (accessKeyId) =>
  accessKeyId === owner.accessKeyId
    ? { kind: 'found', caller: owner.caller, secretAccessKey: owner.secretAccessKey }
    : { kind: 'refused', code: 'InvalidAccessKeyId' };

/** Either gives a value or refuses as S3 does; anything else that is thrown is a bug. */
function orRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof S3Error, String(error));
    return undefined;
  }
}

const scope = fc
  .array(fc.constantFrom(owner.accessKeyId, '20260102', 'eu-west-1', 's3', 'aws4_request', '', 'x/y'), { maxLength: 7 })
  .map((parts) => parts.join('/'));
const component = fc
  .tuple(
    fc.constantFrom('Credential', 'SignedHeaders', 'Signature', '__proto__', ''),
    fc.oneof(scope, fc.constantFrom('host;x-amz-date', 'f'.repeat(64), '=', ''), fc.string()),
  )
  .map(([name, value]) => `${name}=${value}`);
const authorization = fc.oneof(
  fc.string(),
  fc
    .tuple(
      fc.constantFrom('AWS4-HMAC-SHA256', 'AWS', 'AWS4-ECDSA-P256-SHA256', ''),
      fc.array(component, { maxLength: 5 }),
    )
    .map(([mechanism, components]) => `${mechanism} ${components.join(', ')}`),
);
const date = fc.oneof(
  fc.constantFrom('20260102T030405Z', 'Fri, 02 Jan 2026 03:04:05 GMT', '20269999T999999Z'),
  fc.string(),
);
const headers = fc.record(
  {
    authorization,
    'x-amz-date': date,
    date,
    host: fc.string(),
    'x-amz-content-sha256': fc.oneof(fc.constant('UNSIGNED-PAYLOAD'), fc.string()),
    'x-amz-security-token': fc.string(),
  },
  { requiredKeys: [] },
);
const parameter = fc
  .tuple(
    fc.constantFrom(
      'X-Amz-Algorithm',
      'X-Amz-Credential',
      'X-Amz-Date',
      'X-Amz-Expires',
      'X-Amz-SignedHeaders',
      'X-Amz-Signature',
      'Signature',
      '__proto__',
    ),
    fc.oneof(scope, date, fc.constantFrom('AWS4-HMAC-SHA256', '60', '-1', '1e9', 'host'), fc.string()),
  )
  .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
const url = fc
  .tuple(fc.oneof(fc.webPath(), fc.string()), fc.array(fc.oneof(parameter, fc.string()), { maxLength: 8 }))
  .map(([path, parameters]) => `/${path}?${parameters.join('&')}`);

describe('whatever is sent', () => {
  test('nobody is let in without a signature', () => {
    fc.assert(
      fc.property(headers, url, fc.constantFrom('GET', 'PUT', 'POST'), (sent, target, method) => {
        const query = orRefused(() => parseUrl(target))?.query;
        if (query === undefined) return;
        const defined = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
        const { kind } = authenticate({ method, url: target, headers: defined, query }, lookup, NOW);
        assert.notEqual(kind, 'authenticated');
      }),
      { numRuns },
    );
  });

  test('a signature holds for one request only', () => {
    const about = { method: 'GET', path: '/bucket/key', payload: 'UNSIGNED-PAYLOAD', now: NOW };
    const signed = signedHeaders(owner, { ...about, headers: { host: 'localhost' } }).headers;
    const valid = { method: 'GET', url: '/bucket/key', headers: signed, query: {} };
    assert.equal(authenticate(valid, lookup, NOW).kind, 'authenticated');
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(signed)), fc.nat(), fc.string({ minLength: 1 }), (name, at, other) => {
        const value = signed[name]!;
        const place = at % value.length;
        const changed = value.slice(0, place) + other + value.slice(place + 1);
        const canonical = (text: string) => text.trim().replace(/ +/g, ' ');
        // Spaces around and between the parts of a header are not signed.
        if (canonical(changed) === canonical(value) || changed.replace(/[\s,]/g, '') === value.replace(/[\s,]/g, ''))
          return;
        const request = { ...valid, headers: { ...signed, [name]: changed } };
        assert.notEqual(authenticate(request, lookup, NOW).kind, 'authenticated', `${name}: ${changed}`);
      }),
      { numRuns },
    );
  });

  test('a host and a URL are read or refused, and no prototype is changed', () => {
    fc.assert(
      fc.property(fc.string(), url, (host, target) => {
        orRefused(() => parseHost(host));
        orRefused(() => parseHost(`${host}.s3.localhost:1`));
        orRefused(() => parseUrl(target));
        assert.equal('X-Amz-Expires' in {}, false);
      }),
      { numRuns },
    );
  });

  const xml = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '<a>',
            '</a>',
            '<a/>',
            '<b x="1">',
            '</b>',
            '<![CDATA[',
            ']]>',
            '<?xml version="1.0"?>',
            '&amp;',
            '&x;',
            '&#0;',
            '<!DOCTYPE a [<!ENTITY x "y">]>',
            '<!--',
            '-->',
          ),
          fc.string(),
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join('')),
  );
  test('a document is read or refused', () => {
    fc.assert(
      fc.property(xml, (document) => void orRefused(() => parseXml(document))),
      { numRuns },
    );
  });
});

describe('a document of XML', () => {
  test('has no entities of its own', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>';
    assert.equal(
      orRefused(() => parseXml(bomb)),
      undefined,
    );
    assert.equal(
      orRefused(() => parseXml('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>')),
      undefined,
    );
    assert.equal(parseXml('<a>&lt;&#97;</a>').text, '<a');
  });

  test('is not nested without end', () => {
    const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    assert.equal(parseXml(nested(32)).name, 'a');
    assert.equal(
      orRefused(() => parseXml(nested(33))),
      undefined,
    );
  });
});
