import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constraintsMet, isWithin } from '../../../src/accounts/kms/grants.ts';
import type { Grant, GrantConstraints, GrantOperation } from '../../../src/accounts/kms/key.ts';

function grant(
  constraints: GrantConstraints,
  operations: readonly GrantOperation[] = ['Decrypt', 'CreateGrant'],
): Grant {
  return {
    grantId: 'g',
    grantToken: 't',
    name: undefined,
    creationDate: 0,
    granteePrincipal: 'arn:aws:iam::111111111111:role/r',
    retiringPrincipal: undefined,
    issuingAccount: '111111111111',
    operations,
    constraints,
  };
}

// https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html#grant-constraints
test('a subset must be in the context of the request, name and value as they are', () => {
  const subset = grant({ encryptionContextSubset: { Department: 'IT', Class: 'Public' } });
  assert.equal(constraintsMet(subset, { Department: 'IT', Class: 'Public' }), true);
  assert.equal(constraintsMet(subset, { Class: 'Public', Department: 'IT', Purpose: 'Test' }), true);
  assert.equal(constraintsMet(subset, { Department: 'IT' }), false);
  assert.equal(constraintsMet(subset, { department: 'IT', Class: 'Public' }), false);
  assert.equal(constraintsMet(subset, { Department: 'it', Class: 'Public' }), false);
});

test('an exact context admits no other pair', () => {
  const exact = grant({ encryptionContextEquals: { Department: 'IT' } });
  assert.equal(constraintsMet(exact, { Department: 'IT' }), true);
  assert.equal(constraintsMet(exact, { Department: 'IT', Purpose: 'Test' }), false);
  assert.equal(constraintsMet(exact, {}), false);
});

test('constraints are about operations with an encryption context', () => {
  assert.equal(constraintsMet(grant({ encryptionContextEquals: { Department: 'IT' } }), undefined), true);
});

test('a grant by a grant gives no more operations', () => {
  const parent = grant({}, ['Decrypt', 'GenerateDataKey', 'CreateGrant']);
  assert.equal(isWithin(grant({}, ['Decrypt', 'CreateGrant']), parent), true);
  assert.equal(isWithin(grant({}, ['Encrypt']), parent), false);
});

test('a grant by a grant is at least as strict', () => {
  const IT = { Department: 'IT' };
  const more = { Department: 'IT', Purpose: 'Test' };
  const subset = grant({ encryptionContextSubset: IT });
  assert.equal(isWithin(grant({ encryptionContextSubset: more }), subset), true);
  assert.equal(isWithin(grant({ encryptionContextEquals: IT }), subset), true);
  assert.equal(isWithin(grant({}), subset), false);
  assert.equal(isWithin(grant({ encryptionContextSubset: { Purpose: 'Test' } }), subset), false);
  const exact = grant({ encryptionContextEquals: IT });
  assert.equal(isWithin(grant({ encryptionContextEquals: IT }), exact), true);
  assert.equal(isWithin(grant({ encryptionContextSubset: IT }), exact), false);
  assert.equal(isWithin(grant({ encryptionContextEquals: more }), exact), false);
});
