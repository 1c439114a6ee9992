import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Served, serveAccounts } from '../src/index.ts';
import { type Keys, query, readAnswer } from './query-client.ts';

const MAIN = '111111111111';
const ALT = '222222222222';
const READER = `arn:aws:iam::${MAIN}:role/team/Reader`;
const SECOND = `arn:aws:iam::${MAIN}:role/Second`;
const BUCKET = 'sts-bucket';

const keys = (name: string): Keys => ({
  accessKeyId: `AKIA${name.toUpperCase()}`.padEnd(20, '0'),
  secretAccessKey: `${name}-secret`,
});
const allow = (Action: string | readonly string[], Resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const trust = (AWS: string, Condition?: object, Action: string | readonly string[] = 'sts:AssumeRole') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS }, Action, ...(Condition && { Condition }) }],
});

const FILE = {
  accounts: [
    {
      id: MAIN,
      root: { accessKeys: [keys('root')] },
      roles: [
        {
          name: 'Reader',
          path: '/team/',
          trustPolicy: trust(`arn:aws:iam::${ALT}:user/alt`, { StringEquals: { 'sts:ExternalId': 'ticket-1' } }, [
            'sts:AssumeRole',
            'sts:TagSession',
          ]),
          policies: { All: allow(['s3:*', 'sts:*', 'iam:Get*']) },
          maxSessionDuration: 7200,
        },
        {
          name: 'Second',
          trustPolicy: trust(READER),
          maxSessionDuration: 43_200,
          policies: {
            Red: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 's3:ListBucket',
                  Resource: '*',
                  Condition: { StringEquals: { 'aws:PrincipalTag/team': 'x' } },
                },
              ],
            },
          },
        },
        { name: 'Open', trustPolicy: trust(ALT), policies: { All: allow('s3:*') } },
      ],
      buckets: [{ name: BUCKET }],
    },
    {
      id: ALT,
      users: [
        {
          name: 'alt',
          accessKeys: [keys('alt')],
          policies: { Sts: allow(['sts:AssumeRole', 'sts:TagSession', 'iam:GetUser']) },
        },
        { name: 'idle', accessKeys: [keys('idle')] },
      ],
    },
  ],
};

describe('STS over HTTP', () => {
  let served: Served;
  before(async () => {
    served = await serveAccounts({ config: FILE });
  });
  after(() => served.close());

  const sts = (who: Keys, operation: string, parameters: Readonly<Record<string, string | number>> = {}) =>
    query(served.endpoint, who, 'sts', operation, parameters);
  const assume = (who: Keys, parameters: Readonly<Record<string, string | number>> = {}) =>
    sts(who, 'AssumeRole', { RoleArn: READER, RoleSessionName: 'one', ExternalId: 'ticket-1', ...parameters });
  const session = async (
    parameters: Readonly<Record<string, string | number>> = {},
    who = keys('alt'),
  ): Promise<Keys> => {
    const { result, document } = await assume(who, parameters);
    assert.ok(result?.Credentials, document);
    const { AccessKeyId, SecretAccessKey, SessionToken } = result.Credentials;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  };
  const refusal = async (answer: ReturnType<typeof sts>) => {
    const { status, result } = await answer;
    return [status, result.Code, result.Message];
  };
  const s3 = (credentials: Keys) =>
    new S3Client({ endpoint: served.endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 });

  test('everybody may ask who they are, whatever their policies', async () => {
    const user = (await sts(keys('idle'), 'GetCallerIdentity')).result;
    assert.equal(user.Arn, `arn:aws:iam::${ALT}:user/idle`);
    assert.equal(user.Account, ALT);
    assert.match(user.UserId, /^AIDA/);
    const root = (await sts(keys('root'), 'GetCallerIdentity')).result;
    assert.deepEqual(root, { Arn: `arn:aws:iam::${MAIN}:root`, UserId: MAIN, Account: MAIN });
    const assumed = (await sts(await session(), 'GetCallerIdentity')).result;
    assert.equal(assumed.Arn, `arn:aws:sts::${MAIN}:assumed-role/Reader/one`);
    assert.match(assumed.UserId, /^AROA[A-Z0-9]+:one$/);
  });

  test('a role is assumed with the external id that its trust policy asks for', async () => {
    const { status, result, document } = await assume(keys('alt'));
    assert.equal(status, 200);
    assert.match(document, /^<AssumeRoleResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">/);
    assert.equal(result.AssumedRoleUser.Arn, `arn:aws:sts::${MAIN}:assumed-role/Reader/one`);
    assert.match(result.AssumedRoleUser.AssumedRoleId, /^AROA[A-Z0-9]+:one$/);
    assert.equal(result.PackedPolicySize, undefined);
    const lasts = Date.parse(result.Credentials.Expiration) - Date.now();
    assert.ok(lasts > 3_590_000 && lasts <= 3_600_000, `${lasts}`);
    const denied = `User: arn:aws:iam::${ALT}:user/alt is not authorized to perform: sts:AssumeRole on resource: ${READER}`;
    assert.deepEqual(await refusal(assume(keys('alt'), { ExternalId: 'ticket-2' })), [403, 'AccessDenied', denied]);
    const missing = `${READER}2`;
    assert.deepEqual(await refusal(assume(keys('alt'), { RoleArn: missing })), [403, 'AccessDenied', `${denied}2`]);
  });

  test('across accounts the caller needs a policy of its own too', async () => {
    const open = `arn:aws:iam::${MAIN}:role/Open`;
    assert.equal((await assume(keys('alt'), { RoleArn: open })).status, 200);
    assert.equal((await assume(keys('idle'), { RoleArn: open })).status, 403);
  });

  test('a root user assumes no role', async () => {
    const message = 'Roles may not be assumed by root accounts.';
    assert.deepEqual(await refusal(assume(keys('root'))), [403, 'AccessDenied', message]);
  });

  test('a session can do what its role and its session policy both allow', async () => {
    const limited = await session({ Policy: JSON.stringify(allow('s3:ListBucket')) });
    const list = new ListObjectsV2Command({ Bucket: BUCKET });
    const put = () => new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body: 'a' });
    assert.equal((await s3(limited).send(list)).KeyCount, 0);
    await assert.rejects(s3(limited).send(put()), /because no session policy allows the s3:PutObject action/);
    const managed = await session({ 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' });
    await assert.rejects(s3(managed).send(put()), /because no session policy allows/);
    await s3(await session()).send(put());
    const { result } = await assume(keys('alt'), { Policy: JSON.stringify(allow('s3:ListBucket')) });
    assert.ok(Number(result.PackedPolicySize) >= 1 && Number(result.PackedPolicySize) < 20);
  });

  test('a session policy that is no policy, or of nobody, is refused', async () => {
    const code = async (parameters: Readonly<Record<string, string>>) =>
      (await refusal(assume(keys('alt'), parameters)))[1];
    assert.equal(await code({ Policy: '{' }), 'MalformedPolicyDocument');
    assert.equal(await code({ Policy: '{"Version":"2012-10-17"}' }), 'MalformedPolicyDocument');
    assert.equal(await code({ 'PolicyArns.member.1.arn': `arn:aws:iam::${ALT}:policy/none` }), 'ValidationError');
  });

  test('a session lasts as long as role and chaining let it', async () => {
    const tooLong = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.';
    assert.equal((await assume(keys('alt'), { DurationSeconds: 7200 })).status, 200);
    assert.deepEqual(await refusal(assume(keys('alt'), { DurationSeconds: 7201 })), [400, 'ValidationError', tooLong]);
    const chained = await session();
    const next = { RoleArn: SECOND };
    assert.equal((await assume(chained, { ...next, DurationSeconds: 3600 })).status, 200);
    const hour = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
    assert.deepEqual(await refusal(assume(chained, { ...next, DurationSeconds: 3601 })), [
      400,
      'ValidationError',
      hour,
    ]);
  });

  test('members that break their constraints are told together, in AWS words', async () => {
    const [status, code, message] = await refusal(
      assume(keys('alt'), { RoleSessionName: 'a b', DurationSeconds: 60, ExternalId: 'x' }),
    );
    assert.deepEqual([status, code], [400, 'ValidationError']);
    assert.equal(
      message,
      [
        "3 validation errors detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        "Value 'x' at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2",
        "Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
      ].join('; '),
    );
    const noRole = 'arn:aws:iam::111111111111:user/x';
    assert.deepEqual(await refusal(assume(keys('alt'), { RoleArn: noRole })), [
      400,
      'ValidationError',
      `${noRole} is invalid`,
    ]);
    const none = await refusal(sts(keys('alt'), 'AssumeRole', { RoleArn: READER }));
    assert.match(
      String(none[2]),
      /Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null/,
    );
  });

  test('session tags need sts:TagSession, and transitive ones go on', async () => {
    const tags = { 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'x' };
    const tagged = await session({ ...tags, 'TransitiveTagKeys.member.1': 'team' });
    const list = new ListObjectsV2Command({ Bucket: BUCKET });
    await s3(await session({ RoleArn: SECOND }, tagged)).send(list);
    const forgetful = await session({ RoleArn: SECOND }, await session(tags));
    await assert.rejects(s3(forgetful).send(list), { name: 'AccessDenied' });
    const [status, , message] = await refusal(assume(tagged, { RoleArn: SECOND, ...tags }));
    assert.equal(status, 403);
    assert.match(String(message), /is not authorized to perform: sts:TagSession on resource/);
    const twice = { ...tags, 'Tags.member.2.Key': 'TEAM', 'Tags.member.2.Value': 'y' };
    assert.equal((await refusal(assume(keys('alt'), twice)))[1], 'InvalidInput');
  });

  test('GetSessionToken gives the user itself for a time, which IAM does not take', async () => {
    const { result } = await sts(keys('alt'), 'GetSessionToken', { DurationSeconds: 900 });
    const { AccessKeyId, SecretAccessKey, SessionToken } = result.Credentials;
    const token = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    assert.equal((await sts(token, 'GetCallerIdentity')).result.Arn, `arn:aws:iam::${ALT}:user/alt`);
    assert.equal((await assume(token)).status, 200);
    const again = 'Cannot call GetSessionToken with session credentials';
    assert.deepEqual(await refusal(sts(token, 'GetSessionToken')), [403, 'AccessDenied', again]);
    const iam = await query(served.endpoint, token, 'iam', 'GetUser');
    assert.deepEqual([iam.status, iam.result.Code], [403, 'InvalidClientTokenId']);
    assert.equal((await query(served.endpoint, keys('alt'), 'iam', 'GetUser')).status, 200);
  });

  test('credentials that are not good are refused in the words of STS', async () => {
    const code = async (who: Keys) => (await refusal(sts(who, 'GetCallerIdentity')))[1];
    assert.equal(await code(keys('nobody')), 'InvalidClientTokenId');
    assert.equal(await code({ ...keys('alt'), secretAccessKey: 'wrong' }), 'SignatureDoesNotMatch');
    const good = await session();
    assert.equal(await code({ ...good, sessionToken: `x${good.sessionToken}` }), 'InvalidClientTokenId');
    const { accessKeyId, secretAccessKey } = good;
    assert.equal(await code({ accessKeyId, secretAccessKey }), 'InvalidClientTokenId');
    const form = { method: 'POST', body: new URLSearchParams({ Action: 'GetCallerIdentity' }) };
    const unsigned = await readAnswer(await fetch(served.endpoint, form), 'GetCallerIdentity');
    assert.deepEqual([unsigned.status, unsigned.result.Code], [403, 'MissingAuthenticationToken']);
  });

  test('what is not there is refused by name', async () => {
    const [status, code, message] = await refusal(sts(keys('alt'), 'GetFederationToken', { Name: 'bob' }));
    assert.deepEqual([status, code], [501, 'NotImplemented']);
    assert.match(String(message), /GetFederationToken is not supported/);
    const [, , parameter] = await refusal(assume(keys('alt'), { SourceIdentity: 'me' }));
    assert.match(String(parameter), /The parameter SourceIdentity of AssumeRole is not supported/);
  });
});
