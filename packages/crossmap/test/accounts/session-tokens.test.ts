import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Session, SessionTokens } from '../../src/accounts/session-tokens.ts';

const SESSION: Session = {
  kind: 'role',
  roleArn: 'arn:aws:iam::111111111111:role/Reader',
  roleId: 'AROA1111111111111111',
  sessionName: 'one',
  expiration: 1000,
};

test('a session token opens with its access key only, to the session and secret it was issued with', () => {
  const tokens = new SessionTokens(randomBytes);
  const { accessKeyId, secretAccessKey, sessionToken } = tokens.issue(SESSION);
  assert.match(accessKeyId, /^ASIA/);
  assert.match(secretAccessKey, /^[A-Za-z0-9+/]{40}$/);
  assert.deepEqual(tokens.open(accessKeyId, sessionToken), { session: SESSION, secretAccessKey });
  assert.equal(tokens.open(tokens.issue(SESSION).accessKeyId, sessionToken), undefined);
});

test('a token that was changed, or that another instance issued, does not open', () => {
  const tokens = new SessionTokens(randomBytes);
  const { accessKeyId, sessionToken } = tokens.issue(SESSION);
  const [payload = '', seal = ''] = sessionToken.split('.');
  const claims = inflateRawSync(Buffer.from(payload, 'base64url')).toString().replace('Reader', 'Writer');
  const forged = deflateRawSync(claims).toString('base64url');
  for (const token of [`${forged}.${seal}`, payload, `${payload}.`, 'x.y', '']) {
    assert.equal(tokens.open(accessKeyId, token), undefined, token);
  }
  assert.equal(new SessionTokens(randomBytes).open(accessKeyId, sessionToken), undefined);
});

test('every session has a key and secret of its own', () => {
  const tokens = new SessionTokens(randomBytes);
  const [one, two] = [tokens.issue(SESSION), tokens.issue(SESSION)];
  assert.notEqual(one.accessKeyId, two.accessKeyId);
  assert.notEqual(one.secretAccessKey, two.secretAccessKey);
});
