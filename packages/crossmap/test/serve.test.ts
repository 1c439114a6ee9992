import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateBucketCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { AccountsFileError, type Served, serveAccounts } from '../src/index.ts';
import { canonicalUserId } from '../src/s3/bucket.ts';
import { query } from './query-client.ts';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'crossmap-serve-'));
  folders.push(made);
  return made;
}

const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const key = (name: string) => ({
  accessKeyId: `AKIA${name.toUpperCase()}`.padEnd(20, '0'),
  secretAccessKey: `${name}-s`,
});

const FILE = {
  accounts: [
    {
      id: '111111111111',
      name: 'main',
      root: { accessKeys: [key('root')] },
      users: [{ name: 'main', accessKeys: [key('main')], managedPolicies: [ADMINISTRATOR] }],
      buckets: [
        {
          name: 'first-bucket',
          region: 'eu-west-1',
          policy: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: 'arn:aws:iam::222222222222:user/alt' },
                Action: 's3:ListBucket',
                Resource: 'arn:aws:s3:::first-bucket',
              },
            ],
          },
        },
      ],
    },
    {
      id: '222222222222',
      users: [
        { name: 'alt', accessKeys: [key('alt')], groups: ['readers'] },
        {
          name: 'bound',
          accessKeys: [key('bound')],
          managedPolicies: [ADMINISTRATOR],
          permissionsBoundary: ADMINISTRATOR,
        },
      ],
      groups: [{ name: 'readers', managedPolicies: ['arn:aws:iam::222222222222:policy/read'] }],
      policies: [
        {
          name: 'read',
          document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] },
        },
      ],
    },
  ],
};

function client(served: Served, name: string, region = 'eu-west-1'): S3Client {
  return new S3Client({ endpoint: served.endpoint, region, credentials: key(name), forcePathStyle: true });
}

test('declared users and root users act with the keys they were given, in their accounts', async () => {
  const served = await serveAccounts({ config: FILE });
  const names = async (name: string) =>
    (await client(served, name).send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);
  assert.deepEqual(await names('main'), ['first-bucket']);
  assert.deepEqual(await names('root'), ['first-bucket']);
  assert.deepEqual(await names('alt'), []);
  const list = new ListObjectsV2Command({ Bucket: 'first-bucket' });
  assert.equal((await client(served, 'alt').send(list)).KeyCount, 0);
  await assert.rejects(client(served, 'bound').send(list), { name: 'AccessDenied' });
  await served.close();
});

test('a file that cannot be used is refused with each problem and its place', async () => {
  const [main, alt] = FILE.accounts;
  const trustPolicy = { Version: '2012-10-17', Statement: [] };
  const accounts = [
    { ...main, roles: [{ name: 'A', trustPolicy }] },
    { ...alt, policies: [] },
  ];
  await assert.rejects(serveAccounts({ config: { accounts } }), (error: Error) => {
    assert.ok(error instanceof AccountsFileError);
    assert.deepEqual(
      error.message.split('\n').map((line) => line.split(':')[0]),
      ['The accounts file cannot be used', 'accounts[1].groups[0]', 'accounts[0].roles[0]'],
    );
    return true;
  });
});

test('a file that is not there or is not JSON is refused', async () => {
  const file = join(await folder(), 'accounts.json');
  await assert.rejects(serveAccounts({ config: file }), { name: 'AccountsFileError' });
  await writeFile(file, '{"accounts": [}');
  await assert.rejects(serveAccounts({ config: file }), /expected JSON/);
});

test('roles of one file may trust one another', async () => {
  const role = (name: string, other: string) => ({
    name,
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::111111111111:role/${other}` }, Action: 'sts:AssumeRole' },
      ],
    },
  });
  const served = await serveAccounts({
    config: { accounts: [{ id: '111111111111', roles: [role('A', 'B'), role('B', 'A')] }] },
  });
  assert.deepEqual(served.accounts[0]?.roles, ['A', 'B']);
  await served.close();
});

test('no secret is written to the log', async () => {
  const lines: string[] = [];
  const served = await serveAccounts({ config: FILE, onLog: (line) => lines.push(line) });
  const location = new GetBucketLocationCommand({ Bucket: 'first-bucket' });
  await assert.rejects(client(served, 'alt').send(location));
  await served.close();
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines.join('\n'), /alt-s|AKIAALT/);
});

test('a data folder can be used again: what the file says is applied where it has changed', async () => {
  const data = await folder();
  await (await serveAccounts({ config: FILE, data })).close();
  const [main, alt] = FILE.accounts;
  const changed = { accounts: [main, { ...alt, users: [{ name: 'alt', accessKeys: [key('other')], groups: [] }] }] };
  const served = await serveAccounts({ config: changed, data });
  const list = new ListObjectsV2Command({ Bucket: 'first-bucket' });
  await assert.rejects(client(served, 'alt').send(list), { name: 'InvalidAccessKeyId' });
  await assert.rejects(client(served, 'other').send(list), { name: 'AccessDenied' });
  assert.equal((await client(served, 'main').send(list)).KeyCount, 0);
  assert.equal((await client(served, 'bound').send(new ListBucketsCommand({}))).Buckets?.length ?? 0, 0);
  await served.close();
  assert.ok((await readdir(data)).includes('accounts.sqlite'));
  assert.doesNotMatch(
    await readFile(join(data, 'accounts.sqlite'), 'latin1'),
    /\baccessKeys":\[\{"accessKeyId":"AKIAALT/,
  );
});

test('a bucket that is made has what the file gives new ones, and AWS’s own else', async () => {
  const users = [{ name: 'main', accessKeys: [key('main')], managedPolicies: [ADMINISTRATOR] }];
  const newBuckets = { publicAccessBlock: {} };
  const served = await serveAccounts({ config: { accounts: [{ id: '111111111111', users }], newBuckets } });
  const s3 = client(served, 'main', 'us-east-1');
  const Bucket = 'made-here';
  await s3.send(new CreateBucketCommand({ Bucket }));
  const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  assert.equal(PublicAccessBlockConfiguration?.BlockPublicPolicy, false);
  const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
  assert.equal(OwnershipControls?.Rules?.[0]?.ObjectOwnership, 'BucketOwnerEnforced');
  await served.close();
});

test('a bucket has the settings that are declared', async () => {
  const bucket = {
    name: 'set-bucket',
    versioning: 'Enabled',
    publicAccessBlock: { BlockPublicAcls: true },
    objectOwnership: 'BucketOwnerPreferred',
    requestPayer: 'Requester',
    tags: { team: 'red' },
  };
  const users = [{ name: 'main', accessKeys: [key('main')], managedPolicies: [ADMINISTRATOR] }];
  const served = await serveAccounts({ config: { accounts: [{ id: '111111111111', users, buckets: [bucket] }] } });
  const s3 = client(served, 'main', 'us-east-1');
  const Bucket = bucket.name;
  assert.equal((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, 'Enabled');
  assert.equal((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer, 'Requester');
  assert.deepEqual((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet, [{ Key: 'team', Value: 'red' }]);
  const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
  assert.equal(OwnershipControls?.Rules?.[0]?.ObjectOwnership, 'BucketOwnerPreferred');
  const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  assert.deepEqual(block.PublicAccessBlockConfiguration, {
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  });
  assert.match(served.accounts[0]?.canonicalId ?? '', /^[0-9a-f]{64}$/);
  await served.close();
});

test('a bucket policy knows a user by its unique id: one of the same name is another', async () => {
  const served = await serveAccounts({ config: FILE });
  const list = new ListObjectsV2Command({ Bucket: 'first-bucket' });
  await client(served, 'alt').send(list);
  const iam = (operation: string, parameters: Readonly<Record<string, string>>) =>
    query(served.endpoint, key('bound'), 'iam', operation, { UserName: 'alt', ...parameters });
  for (const [operation, parameters] of [
    ['RemoveUserFromGroup', { GroupName: 'readers' }],
    ['DeleteAccessKey', { AccessKeyId: key('alt').accessKeyId }],
    ['DeleteUser', {}],
    ['CreateUser', {}],
    ['AttachUserPolicy', { PolicyArn: ADMINISTRATOR }],
  ] as const) {
    const { status, document } = await iam(operation, parameters);
    assert.equal(status, 200, document);
  }
  const { AccessKeyId, SecretAccessKey } = (await iam('CreateAccessKey', {})).result.AccessKey;
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  const again = new S3Client({ endpoint: served.endpoint, region: 'eu-west-1', credentials, forcePathStyle: true });
  await assert.rejects(again.send(list), { name: 'AccessDenied' });
  const policy = await client(served, 'main').send(new GetBucketPolicyCommand({ Bucket: 'first-bucket' }));
  assert.match(policy.Policy ?? '', /"AWS":"AIDA/);
  await served.close();
});

test('a bucket policy may name an account by its canonical user id', async () => {
  const [main, alt] = FILE.accounts;
  const Statement = [
    {
      Effect: 'Allow',
      Principal: { CanonicalUser: canonicalUserId('222222222222') },
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::first-bucket',
    },
  ];
  const buckets = [{ name: 'first-bucket', region: 'eu-west-1', policy: { Version: '2012-10-17', Statement } }];
  const served = await serveAccounts({ config: { accounts: [{ ...main, buckets }, alt] } });
  await client(served, 'bound').send(new ListObjectsV2Command({ Bucket: 'first-bucket' }));
  await served.close();
});

test('the control policies of the organization apply, not to its management account', async () => {
  const Statement = [{ Effect: 'Deny', Action: 's3:ListAllMyBuckets', Resource: '*' }];
  const organization = {
    id: 'o-a1b2c3d4e5',
    managementAccount: '111111111111',
    serviceControlPolicies: { NoLists: { Version: '2012-10-17', Statement } },
    accounts: [{ id: '222222222222' }],
  };
  const served = await serveAccounts({ config: { ...FILE, organization } });
  await client(served, 'main').send(new ListBucketsCommand({}));
  const denied = /with an explicit deny in a service control policy/;
  await assert.rejects(client(served, 'bound').send(new ListBucketsCommand({})), denied);
  await served.close();
});
