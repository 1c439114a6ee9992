import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { type Served, serveAccounts } from '../src/index.ts';
import { type Keys, members, query } from './query-client.ts';

const ACCOUNT = '111111111111';
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const keys = (name: string): Keys => ({
  accessKeyId: `AKIA${name.toUpperCase()}`.padEnd(20, '0'),
  secretAccessKey: `${name}-secret`,
});
const statement = (Effect: 'Allow' | 'Deny', Action: string, Resource = '*') => ({ Effect, Action, Resource });
const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const ALLOW_S3 = policy(statement('Allow', 's3:*'));
const trust = (name: string) =>
  policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:${name}` }, Action: 'sts:AssumeRole' });

const FILE = {
  accounts: [
    { id: '222222222222', policies: [{ name: 'theirs', document: JSON.parse(ALLOW_S3) }] },
    {
      id: ACCOUNT,
      root: { accessKeys: [keys('root')] },
      users: [
        { name: 'admin', accessKeys: [keys('admin')], managedPolicies: [ADMINISTRATOR] },
        {
          name: 'reader',
          accessKeys: [keys('reader')],
          policies: {
            Own: {
              Version: '2012-10-17',
              Statement: statement('Allow', 'iam:Get*', `arn:aws:iam::${ACCOUNT}:user/al*`),
            },
          },
        },
      ],
    },
  ],
};

function ofIam(served: () => Served) {
  const iam = (operation: string, parameters: Readonly<Record<string, string | number>> = {}, who = keys('admin')) =>
    query(served().endpoint, who, 'iam', operation, parameters);
  const done = async (operation: string, parameters: Readonly<Record<string, string | number>> = {}) => {
    const { status, result, document } = await iam(operation, parameters);
    assert.equal(status, 200, document);
    return result;
  };
  const refused = async (operation: string, parameters: Readonly<Record<string, string | number>> = {}, who?: Keys) => {
    const { status, result } = await iam(operation, parameters, who);
    return [status, result.Code, result.Message];
  };
  return { iam, done, refused };
}

describe('IAM over HTTP', () => {
  let served: Served;
  before(async () => {
    served = await serveAccounts({ config: FILE });
  });
  after(() => served.close());
  const { iam, done, refused } = ofIam(() => served);
  const buckets = (credentials: Keys) =>
    new S3Client({ endpoint: served.endpoint, region: 'us-east-1', credentials, forcePathStyle: true }).send(
      new ListBucketsCommand({}),
    );

  test('a user is made, found, changed and deleted', async () => {
    const made = (await done('CreateUser', { UserName: 'Bob', Path: '/team/' })).User;
    assert.match(made.UserId, /^AIDA/);
    assert.equal(made.Arn, `arn:aws:iam::${ACCOUNT}:user/team/Bob`);
    assert.deepEqual((await done('GetUser', { UserName: 'bob' })).User, made);
    const exists = 'User with name bob already exists.';
    assert.deepEqual(await refused('CreateUser', { UserName: 'bob' }), [409, 'EntityAlreadyExists', exists]);
    await done('UpdateUser', { UserName: 'Bob', NewUserName: 'Rob' });
    const { Arn, UserId } = (await done('GetUser', { UserName: 'Rob' })).User;
    assert.deepEqual([Arn, UserId], [`arn:aws:iam::${ACCOUNT}:user/team/Rob`, made.UserId]);
    await done('DeleteUser', { UserName: 'Rob' });
    const gone = 'The user with name Rob cannot be found.';
    assert.deepEqual(await refused('GetUser', { UserName: 'Rob' }), [404, 'NoSuchEntity', gone]);
  });

  test('access keys work from the moment they are made, not while they are inactive, and two is the most', async () => {
    await done('CreateUser', { UserName: 'keyed' });
    await done('PutUserPolicy', { UserName: 'keyed', PolicyName: 'S3', PolicyDocument: ALLOW_S3 });
    const { AccessKeyId, SecretAccessKey } = (await done('CreateAccessKey', { UserName: 'keyed' })).AccessKey;
    const own = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    assert.deepEqual((await buckets(own)).Buckets ?? [], []);
    const listed = (await done('ListAccessKeys', { UserName: 'keyed' })).AccessKeyMetadata;
    const [first] = members(listed);
    assert.deepEqual([first?.AccessKeyId, first?.SecretAccessKey], [AccessKeyId, undefined]);
    const change = (Status: string) => done('UpdateAccessKey', { UserName: 'keyed', AccessKeyId, Status });
    await change('Inactive');
    await assert.rejects(buckets(own), { name: 'InvalidAccessKeyId' });
    await change('Active');
    await buckets(own);
    await done('CreateAccessKey', { UserName: 'keyed' });
    const quota = 'Cannot exceed quota for AccessKeysPerUser: 2';
    assert.deepEqual(await refused('CreateAccessKey', { UserName: 'keyed' }), [409, 'LimitExceeded', quota]);
    await done('DeleteAccessKey', { UserName: 'keyed', AccessKeyId });
    await assert.rejects(buckets(own), { name: 'InvalidAccessKeyId' });
    const conflict = 'Cannot delete entity, must delete access keys first.';
    assert.deepEqual(await refused('DeleteUser', { UserName: 'keyed' }), [409, 'DeleteConflict', conflict]);
  });

  test('a user has the policies of its groups, and a boundary limits them all', async () => {
    await done('CreateGroup', { GroupName: 'lesser' });
    await done('CreateUser', { UserName: 'member' });
    const { AccessKeyId, SecretAccessKey } = (await done('CreateAccessKey', { UserName: 'member' })).AccessKey;
    const own = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    const { Arn } = (await done('CreatePolicy', { PolicyName: 'listing', PolicyDocument: ALLOW_S3 })).Policy;
    await done('AttachGroupPolicy', { GroupName: 'lesser', PolicyArn: Arn });
    await assert.rejects(buckets(own), { name: 'AccessDenied' });
    await done('AddUserToGroup', { GroupName: 'lesser', UserName: 'member' });
    await buckets(own);
    await done('UpdateGroup', { GroupName: 'lesser', NewGroupName: 'greater' });
    await buckets(own);
    assert.equal(members((await done('ListGroupsForUser', { UserName: 'member' })).Groups)[0]?.GroupName, 'greater');
    const nothing = policy(statement('Allow', 'sqs:*'));
    const boundary = (await done('CreatePolicy', { PolicyName: 'limit', PolicyDocument: nothing })).Policy.Arn;
    await done('PutUserPermissionsBoundary', { UserName: 'member', PermissionsBoundary: boundary });
    await assert.rejects(buckets(own), /because no permissions boundary allows/);
    const conflict = 'Cannot delete a policy attached to entities.';
    for (const PolicyArn of [Arn, boundary]) {
      assert.deepEqual(await refused('DeletePolicy', { PolicyArn }), [409, 'DeleteConflict', conflict]);
    }
    await done('DeleteUserPermissionsBoundary', { UserName: 'member' });
    await done('CreatePolicyVersion', { PolicyArn: Arn, PolicyDocument: nothing, SetAsDefault: 'true' });
    await assert.rejects(buckets(own), { name: 'AccessDenied' });
    await done('SetDefaultPolicyVersion', { PolicyArn: Arn, VersionId: 'v1' });
    await buckets(own);
    await done('RemoveUserFromGroup', { GroupName: 'greater', UserName: 'member' });
    await assert.rejects(buckets(own), { name: 'AccessDenied' });
  });

  test('a managed policy has five versions at most, whose numbers are never given twice', async () => {
    const { Arn: PolicyArn } = (await done('CreatePolicy', { PolicyName: 'many', PolicyDocument: ALLOW_S3 })).Policy;
    const another = () => iam('CreatePolicyVersion', { PolicyArn, PolicyDocument: ALLOW_S3 });
    for (const version of ['v2', 'v3', 'v4', 'v5'])
      assert.equal((await another()).result.PolicyVersion.VersionId, version);
    assert.equal((await another()).result.Code, 'LimitExceeded');
    await done('DeletePolicyVersion', { PolicyArn, VersionId: 'v5' });
    assert.equal((await another()).result.PolicyVersion.VersionId, 'v6');
    const byDefault = 'Cannot delete the default version of a policy.';
    const first = { PolicyArn, VersionId: 'v1' };
    assert.deepEqual(await refused('DeletePolicyVersion', first), [409, 'DeleteConflict', byDefault]);
    assert.equal((await refused('DeletePolicy', { PolicyArn }))[1], 'DeleteConflict');
    const document = (await done('GetPolicyVersion', first)).PolicyVersion.Document;
    assert.equal(decodeURIComponent(document), ALLOW_S3);
    assert.doesNotMatch(document, /[*!'()]/);
  });

  test('who trusts a user that is deleted trusts nobody of that name, and shows the id it had', async () => {
    const { UserId } = (await done('CreateUser', { UserName: 'brief' })).User;
    await done('CreateRole', { RoleName: 'trusting', AssumeRolePolicyDocument: trust('user/brief') });
    const shown = async () =>
      decodeURIComponent((await done('GetRole', { RoleName: 'trusting' })).Role.AssumeRolePolicyDocument);
    assert.equal(await shown(), trust('user/brief'));
    await done('DeleteUser', { UserName: 'brief' });
    assert.match(await shown(), new RegExp(`"AWS":"${UserId}"`));
    await done('CreateUser', { UserName: 'brief' });
    assert.match(await shown(), new RegExp(`"AWS":"${UserId}"`));
    const { AccessKeyId, SecretAccessKey } = (await done('CreateAccessKey', { UserName: 'brief' })).AccessKey;
    const own = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    const role = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/trusting`, RoleSessionName: 'one' };
    const assume = () => query(served.endpoint, own, 'sts', 'AssumeRole', role);
    assert.equal((await assume()).status, 403);
    await done('UpdateAssumeRolePolicy', { RoleName: 'trusting', PolicyDocument: trust('user/brief') });
    assert.equal((await assume()).status, 200);
  });

  test('a session of a role that is deleted is no longer good, also when the role is made anew', async () => {
    const create = () => done('CreateRole', { RoleName: 'shortlived', AssumeRolePolicyDocument: trust('user/admin') });
    await create();
    const role = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/shortlived`, RoleSessionName: 'one' };
    const { result } = await query(served.endpoint, keys('admin'), 'sts', 'AssumeRole', role);
    const { AccessKeyId, SecretAccessKey, SessionToken } = result.Credentials;
    const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const who = async () => (await query(served.endpoint, session, 'sts', 'GetCallerIdentity')).status;
    assert.equal(await who(), 200);
    await done('DeleteRole', { RoleName: 'shortlived' });
    assert.equal(await who(), 403);
    await create();
    assert.equal(await who(), 403);
  });

  test('a role says what keeps it from being deleted', async () => {
    await done('CreateRole', {
      RoleName: 'kept',
      AssumeRolePolicyDocument: trust('user/admin'),
      MaxSessionDuration: 7200,
    });
    await done('PutRolePolicy', { RoleName: 'kept', PolicyName: 'in', PolicyDocument: ALLOW_S3 });
    await done('AttachRolePolicy', { RoleName: 'kept', PolicyArn: ADMINISTRATOR });
    const conflict = async () => (await refused('DeleteRole', { RoleName: 'kept' }))[2];
    assert.equal(await conflict(), 'Cannot delete entity, must detach all policies first.');
    assert.equal(
      members((await done('ListAttachedRolePolicies', { RoleName: 'kept' })).AttachedPolicies)[0]?.PolicyArn,
      ADMINISTRATOR,
    );
    await done('DetachRolePolicy', { RoleName: 'kept', PolicyArn: ADMINISTRATOR });
    assert.equal(await conflict(), 'Cannot delete entity, must delete policies first.');
    await done('DeleteRolePolicy', { RoleName: 'kept', PolicyName: 'in' });
    const missing = 'The role policy with name in cannot be found.';
    const inline = { RoleName: 'kept', PolicyName: 'in' };
    assert.deepEqual(await refused('GetRolePolicy', inline), [404, 'NoSuchEntity', missing]);
    await done('DeleteRole', { RoleName: 'kept' });
  });

  test('documents that IAM does not take are MalformedPolicyDocument', async () => {
    await done('CreateUser', { UserName: 'wrong' });
    const put = (PolicyDocument: string) =>
      refused('PutUserPolicy', { UserName: 'wrong', PolicyName: 'x', PolicyDocument });
    assert.deepEqual(await put('{'), [400, 'MalformedPolicyDocument', 'Syntax errors in policy.']);
    assert.equal((await put(policy({ Effect: 'Allow', Action: 's3:*' })))[1], 'MalformedPolicyDocument');
    const role = { RoleName: 'wrong', AssumeRolePolicyDocument: trust('user/nobody') };
    assert.deepEqual(await refused('CreateRole', role), [
      400,
      'MalformedPolicyDocument',
      `Invalid principal in policy: "AWS":"arn:aws:iam::${ACCOUNT}:user/nobody"`,
    ]);
    const long = policy(statement('Allow', 's3:*', `arn:aws:s3:::${'x'.repeat(2048)}`));
    const size = 'Maximum policy size of 2048 bytes exceeded for user wrong';
    assert.deepEqual(await put(long), [409, 'LimitExceeded', size]);
    const unknown = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    const attach = await refused('AttachUserPolicy', { UserName: 'wrong', PolicyArn: unknown });
    assert.deepEqual(attach, [404, 'NoSuchEntity', `Policy ${unknown} does not exist or is not attachable.`]);
  });

  test('requests are authorized on the ARN they are about, and the root user may all', async () => {
    await done('CreateUser', { UserName: 'alice' });
    assert.equal((await iam('GetUser', { UserName: 'alice' }, keys('reader'))).status, 200);
    assert.deepEqual(await refused('GetUser', { UserName: 'admin' }, keys('reader')), [
      403,
      'AccessDenied',
      `User: arn:aws:iam::${ACCOUNT}:user/reader is not authorized to perform: iam:GetUser on resource: arn:aws:iam::${ACCOUNT}:user/admin because no identity-based policy allows the iam:GetUser action`,
    ]);
    assert.equal((await iam('ListUsers', {}, keys('root'))).status, 200);
    assert.ok(served.denials().some(({ action }) => action === 'iam:GetUser'));
  });

  test('lists come in pages', async () => {
    for (const name of ['p1', 'p2', 'p3', 'p4']) await done('CreateGroup', { GroupName: name, Path: '/paged/' });
    const first = await done('ListGroups', { PathPrefix: '/paged/', MaxItems: 3 });
    assert.deepEqual(
      members(first.Groups).map(({ GroupName }) => GroupName),
      ['p1', 'p2', 'p3'],
    );
    assert.equal(first.IsTruncated, 'true');
    const rest = await done('ListGroups', { PathPrefix: '/paged/', MaxItems: 3, Marker: first.Marker });
    assert.deepEqual(
      members(rest.Groups).map(({ GroupName }) => GroupName),
      ['p4'],
    );
    assert.equal(rest.IsTruncated, 'false');
    assert.equal((await refused('ListGroups', { Marker: '*' }))[1], 'ValidationError');
  });

  test('tags are put, listed and taken away, and conditions know them', async () => {
    await done('CreateUser', { UserName: 'tagged', 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'red' });
    await done('TagUser', { UserName: 'tagged', 'Tags.member.1.Key': 'cost', 'Tags.member.1.Value': '' });
    assert.deepEqual((await done('ListUserTags', { UserName: 'tagged' })).Tags, [
      { Key: 'team', Value: 'red' },
      { Key: 'cost', Value: '' },
    ]);
    const Condition = { StringEquals: { 'aws:PrincipalTag/team': 'red' } };
    const document = policy({ ...statement('Allow', 's3:ListAllMyBuckets'), Condition });
    await done('PutUserPolicy', { UserName: 'tagged', PolicyName: 'x', PolicyDocument: document });
    const { AccessKeyId, SecretAccessKey } = (await done('CreateAccessKey', { UserName: 'tagged' })).AccessKey;
    const own = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    await buckets(own);
    await done('UntagUser', { UserName: 'tagged', 'TagKeys.member.1': 'team' });
    await assert.rejects(buckets(own), { name: 'AccessDenied' });
  });

  test('policies of another account are not there, and those of AWS cannot be changed', async () => {
    const PolicyArn = 'arn:aws:iam::222222222222:policy/theirs';
    const missing = `Policy ${PolicyArn} was not found.`;
    assert.deepEqual(await refused('GetPolicy', { PolicyArn }), [404, 'NoSuchEntity', missing]);
    const attach = { UserName: 'admin', PolicyArn };
    assert.equal((await refused('AttachUserPolicy', attach))[1], 'NoSuchEntity');
    const version = { PolicyArn: ADMINISTRATOR, PolicyDocument: ALLOW_S3 };
    assert.deepEqual((await refused('CreatePolicyVersion', version)).slice(0, 2), [403, 'AccessDenied']);
  });

  test('the whole account is told at once', async () => {
    const { UserDetailList } = await done('GetAccountAuthorizationDetails', { 'Filter.member.1': 'User' });
    const admin = members(UserDetailList).find(({ UserName }) => UserName === 'admin');
    assert.ok(admin);
    assert.equal(members(admin.AttachedManagedPolicies)[0]?.PolicyArn, ADMINISTRATOR);
  });
});

describe('IAM with a data folder', () => {
  let data: string;
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'crossmap-iam-'));
  });
  after(() => rm(data, { recursive: true, force: true }));

  test('what the API made and deleted survives a restart, also of what the file declared', async () => {
    let served = await serveAccounts({ config: FILE, data });
    const { done, refused } = ofIam(() => served);
    const { UserId } = (await done('CreateUser', { UserName: 'kept' })).User;
    await done('DeleteUserPolicy', { UserName: 'reader', PolicyName: 'Own' });
    await done('CreateRole', { RoleName: 'kept', AssumeRolePolicyDocument: trust('user/admin') });
    const role = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/kept`, RoleSessionName: 'one' };
    const { result } = await query(served.endpoint, keys('admin'), 'sts', 'AssumeRole', role);
    await served.close();
    served = await serveAccounts({ config: FILE, data });
    assert.equal((await done('GetUser', { UserName: 'kept' })).User.UserId, UserId);
    assert.equal((await refused('GetUserPolicy', { UserName: 'reader', PolicyName: 'Own' }))[1], 'NoSuchEntity');
    const { AccessKeyId, SecretAccessKey, SessionToken } = result.Credentials;
    const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    assert.equal((await query(served.endpoint, session, 'sts', 'GetCallerIdentity')).status, 200);
    await served.close();
  });
});
