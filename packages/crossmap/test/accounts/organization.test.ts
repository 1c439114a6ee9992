import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Organization, type OrganizationDefinition, OrganizationError } from '../../src/accounts/organization.ts';
import { PolicyError } from '../../src/iam/policy.ts';

const deny = (action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: action, Resource: '*' }],
});
const denyAll = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }],
};

const DEFINITION: OrganizationDefinition = {
  id: 'o-a1b2c3d4e5',
  managementAccount: '111111111111',
  rootId: 'r-ab12',
  serviceControlPolicies: { NoIam: deny('iam:*') },
  units: [
    {
      id: 'ou-ab12-11111111',
      units: [
        {
          id: 'ou-ab12-22222222',
          fullAWSAccess: false,
          accounts: [{ id: '222222222222', resourceControlPolicies: { Perimeter: denyAll } }],
        },
      ],
      accounts: [{ id: '111111111111' }],
    },
  ],
};

const names = (levels: readonly { name: string; policies: readonly { name: string }[] }[]) =>
  levels.map(({ name, policies }) => [name, policies.map((policy) => policy.name)]);

test('an account has the control policies of every level from the root down, and its path', () => {
  const member = new Organization(DEFINITION).member('222222222222');
  assert.equal(member?.organizationId, 'o-a1b2c3d4e5');
  assert.equal(member?.path, 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/');
  assert.deepEqual(names(member?.serviceControlPolicies ?? []), [
    ['root r-ab12', ['FullAWSAccess', 'NoIam']],
    ['organizational unit ou-ab12-11111111', ['FullAWSAccess']],
    ['organizational unit ou-ab12-22222222', []],
    ['account 222222222222', ['FullAWSAccess']],
  ]);
  assert.deepEqual(names(member?.resourceControlPolicies ?? []).at(-1), ['account 222222222222', ['Perimeter']]);
});

test('no control policy applies to the management account, wherever it is', () => {
  const member = new Organization(DEFINITION).member('111111111111');
  assert.equal(member?.path, 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/');
  assert.deepEqual(member?.serviceControlPolicies, []);
  assert.deepEqual(member?.resourceControlPolicies, []);
  const { units: _, ...withoutUnits } = DEFINITION;
  assert.equal(new Organization(withoutUnits).member('111111111111')?.path, 'o-a1b2c3d4e5/r-ab12/');
});

test('an account outside the organization has no place in it', () => {
  assert.equal(new Organization(DEFINITION).member('333333333333'), undefined);
});

test('an account has one place, and policies are checked', () => {
  const twice = { ...DEFINITION, accounts: [{ id: '222222222222' }] };
  assert.throws(() => new Organization(twice), OrganizationError);
  const wrong = { ...DEFINITION, serviceControlPolicies: { Wrong: { Version: '2012-10-17' } } };
  assert.throws(
    () => new Organization(wrong),
    (error: Error) => error instanceof PolicyError && /policy Wrong of root r-ab12/.test(error.message),
  );
});
