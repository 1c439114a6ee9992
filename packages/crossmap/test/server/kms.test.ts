import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { KeyStore } from '../../src/accounts/kms/key-store.ts';
import { Kms } from '../../src/accounts/kms/kms.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/asl/json.ts';
import { type AuthorizationRequest, type Caller, evaluate } from '../../src/iam/evaluate.ts';
import { kmsApi } from '../../src/server/kms/api.ts';
import { kmsOperations } from '../../src/server/kms/operations.ts';
import { BUCKET_ACCOUNT, root, session, WORKFLOW_ACCOUNT } from './s3-world.ts';

const REGION = 'eu-west-1';
const DAY = 86_400_000;
const EVERYTHING = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
const ROOT = root(BUCKET_ACCOUNT).caller;
const ADMIN = session(BUCKET_ACCOUNT, 'admin', EVERYTHING).caller;
const NOBODY = session(BUCKET_ACCOUNT, 'nobody', []).caller;
const FOREIGN_ADMIN = session(WORKFLOW_ACCOUNT, 'admin', EVERYTHING).caller;
const FOREIGN_NOBODY = session(WORKFLOW_ACCOUNT, 'nobody', []).caller;
const roleArn = (accountId: string, name: string) => `arn:aws:iam::${accountId}:role/${name}`;

let time: number;
let kms: Kms;
let authorizations: AuthorizationRequest[];

interface Answer {
  readonly status: number;
  readonly body: JsonObject;
}

async function answer(caller: Caller, operation: string, input: JsonObject = {}, region = REGION): Promise<Answer> {
  const authorizer = { authorize: evaluate };
  return kmsApi(kms).answer({ operation, body: JSON.stringify(input), caller, region }, authorizer);
}

async function call(caller: Caller, operation: string, input: JsonObject = {}, region = REGION): Promise<JsonObject> {
  const { status, body } = await answer(caller, operation, input, region);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** `CODE: message` of a request that is refused. */
async function refused(caller: Caller, operation: string, input: JsonObject = {}, region = REGION): Promise<string> {
  const { status, body } = await answer(caller, operation, input, region);
  assert.equal(status, 400, JSON.stringify(body));
  return `${body.__type}: ${body.message}`;
}

function object(value: Json | undefined): JsonObject {
  assert.ok(value !== undefined && isJsonObject(value));
  return value;
}

function list(value: Json | undefined): readonly JsonObject[] {
  assert.ok(Array.isArray(value));
  return value.map(object);
}

function text(value: Json | undefined): string {
  assert.equal(typeof value, 'string');
  return String(value);
}

async function newKey(input: JsonObject = {}): Promise<string> {
  return text(object((await call(ADMIN, 'CreateKey', input)).KeyMetadata).Arn);
}

function policy(...statements: readonly JsonObject[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

const allow = (principal: string, ...actions: readonly string[]): JsonObject => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: [...actions],
  Resource: '*',
});
const DELEGATION = allow(`arn:aws:iam::${BUCKET_ACCOUNT}:root`, 'kms:*');

const base64 = (plain: string) => Buffer.from(plain).toString('base64');

async function encrypted(key: string, context: JsonObject = {}): Promise<string> {
  const input = { KeyId: key, Plaintext: base64('secret'), EncryptionContext: context };
  return text((await call(ADMIN, 'Encrypt', input)).CiphertextBlob);
}

describe('KMS', () => {
  beforeEach(async () => {
    time = Date.parse('2026-11-24T00:00:00Z');
    authorizations = [];
    const authorizer = {
      authorize: (request: AuthorizationRequest) => {
        authorizations.push(request);
        return evaluate(request);
      },
    };
    kms = new Kms({ store: await KeyStore.open(() => time), authorizer, now: () => time });
  });

  describe('keys', () => {
    test('a new key is described as AWS describes it', async () => {
      const created = object((await call(ADMIN, 'CreateKey', { Description: 'mine' })).KeyMetadata);
      const keyId = text(created.KeyId);
      assert.deepEqual(created, {
        AWSAccountId: BUCKET_ACCOUNT,
        KeyId: keyId,
        Arn: `arn:aws:kms:${REGION}:${BUCKET_ACCOUNT}:key/${keyId}`,
        CreationDate: time / 1000,
        Enabled: true,
        Description: 'mine',
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeyState: 'Enabled',
        Origin: 'AWS_KMS',
        KeyManager: 'CUSTOMER',
        CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        KeySpec: 'SYMMETRIC_DEFAULT',
        EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
        MultiRegion: false,
      });
      assert.deepEqual((await call(ADMIN, 'DescribeKey', { KeyId: keyId })).KeyMetadata, created);
      assert.deepEqual(await call(ADMIN, 'ListKeys'), {
        Keys: [{ KeyId: keyId, KeyArn: text(created.Arn) }],
        Truncated: false,
      });
    });

    test('what is not here is refused by name', async () => {
      for (const input of [
        { MultiRegion: true },
        { KeySpec: 'RSA_2048' },
        { KeyUsage: 'SIGN_VERIFY' },
        { Origin: 'EXTERNAL' },
        { CustomKeyStoreId: 'cks-1' },
      ]) {
        const [member = ''] = Object.keys(input);
        const name = member.charAt(0).toLowerCase() + member.slice(1);
        assert.match(await refused(ADMIN, 'CreateKey', input), new RegExp(`ValidationException: '${name}'`));
      }
      assert.match(await refused(ADMIN, 'DescribeKey', { KeyId: 'mrk-1234' }), /^UnsupportedOperation.*Multi-Region/);
      assert.match(await refused(ADMIN, 'Sign'), /^UnknownOperationException: The operation Sign/);
    });

    test('a key is named by its id or ARN, in its Region', async () => {
      const arn = await newKey();
      assert.equal(object((await call(ADMIN, 'DescribeKey', { KeyId: arn })).KeyMetadata).Arn, arn);
      assert.equal(
        await refused(ADMIN, 'DescribeKey', { KeyId: 'nonsense' }),
        "NotFoundException: Invalid keyId 'nonsense'",
      );
      assert.equal(
        await refused(ADMIN, 'DescribeKey', { KeyId: arn }, 'us-east-1'),
        `NotFoundException: Invalid arn ${REGION}`,
      );
      const missing = `arn:aws:kms:${REGION}:${BUCKET_ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
      assert.equal(
        await refused(ADMIN, 'DescribeKey', { KeyId: missing }),
        `NotFoundException: Key '${missing}' does not exist`,
      );
      assert.match(await refused(ADMIN, 'DescribeKey'), /^ValidationException: .*Value null at 'keyId'/);
    });

    test('of a foreign key that is not there KMS says what it says of one that is', async () => {
      const there = await newKey();
      const missing = `arn:aws:kms:${REGION}:${BUCKET_ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
      const of = async (arn: string) =>
        (await refused(FOREIGN_ADMIN, 'DescribeKey', { KeyId: arn })).replace(arn, 'ARN');
      assert.equal(await of(missing), await of(there));
      assert.match(
        await of(missing),
        /^AccessDeniedException: User: .*assumed-role\/admin\/test is not authorized to perform: kms:DescribeKey on resource: ARN because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access$/,
      );
    });

    test('the key that AWS manages is there when it is asked for, and nobody uses or changes it directly', async () => {
      const { KeyMetadata } = await call(ADMIN, 'DescribeKey', { KeyId: 'alias/aws/s3' });
      const { KeyManager, Arn } = object(KeyMetadata);
      assert.equal(KeyManager, 'AWS');
      const key = text(Arn);
      assert.match(await refused(ADMIN, 'Encrypt', { KeyId: key, Plaintext: base64('x') }), /^AccessDeniedException/);
      for (const operation of ['DisableKey', 'ScheduleKeyDeletion']) {
        assert.match(await refused(ROOT, operation, { KeyId: key }), /^AccessDeniedException/, operation);
      }
      const input = { KeyId: key, Policy: policy(DELEGATION) };
      assert.match(await refused(ROOT, 'PutKeyPolicy', input), /^AccessDeniedException/);
    });

    test('a list comes in pages', async () => {
      const created = await Promise.all([newKey(), newKey(), newKey()]);
      const first = await call(ADMIN, 'ListKeys', { Limit: 2 });
      assert.equal(first.Truncated, true);
      const second = await call(ADMIN, 'ListKeys', { Limit: 2, Marker: text(first.NextMarker) });
      assert.equal(second.Truncated, false);
      const listed = [...list(first.Keys), ...list(second.Keys)].map(({ KeyArn }) => KeyArn);
      assert.deepEqual(listed, created.sort());
      assert.match(await refused(ADMIN, 'ListKeys', { Marker: 'eA' }), /^InvalidMarkerException/);
      assert.match(await refused(ADMIN, 'ListKeys', { Limit: 1001 }), /'limit'.*less than or equal to 1000/);
    });
  });

  // https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
  describe('key states', () => {
    test('a disabled key encrypts nothing and is managed all the same', async () => {
      const key = await newKey();
      const blob = await encrypted(key);
      await call(ADMIN, 'DisableKey', { KeyId: key });
      const disabled = `DisabledException: ${key} is disabled.`;
      assert.equal(await refused(ADMIN, 'Encrypt', { KeyId: key, Plaintext: base64('x') }), disabled);
      assert.equal(await refused(ADMIN, 'Decrypt', { CiphertextBlob: blob }), disabled);
      assert.equal(await refused(ADMIN, 'GenerateDataKey', { KeyId: key, KeySpec: 'AES_256' }), disabled);
      const grant = { KeyId: key, GranteePrincipal: roleArn(BUCKET_ACCOUNT, 'nobody'), Operations: ['Decrypt'] };
      assert.equal(await refused(ADMIN, 'CreateGrant', grant), disabled);
      await call(ADMIN, 'UpdateKeyDescription', { KeyId: key, Description: 'off' });
      assert.equal(object((await call(ADMIN, 'DescribeKey', { KeyId: key })).KeyMetadata).KeyState, 'Disabled');
      await call(ADMIN, 'EnableKey', { KeyId: key });
      assert.equal((await call(ADMIN, 'Decrypt', { CiphertextBlob: blob })).Plaintext, base64('secret'));
    });

    test('a key that is to be deleted waits, comes back disabled when it is told so, and then is gone', async () => {
      const key = await newKey();
      const blob = await encrypted(key);
      assert.deepEqual(await call(ADMIN, 'ScheduleKeyDeletion', { KeyId: key, PendingWindowInDays: 7 }), {
        KeyId: key,
        DeletionDate: (time + 7 * DAY) / 1000,
        KeyState: 'PendingDeletion',
        PendingWindowInDays: 7,
      });
      const pending = `KMSInvalidStateException: ${key} is pending deletion.`;
      assert.equal(await refused(ADMIN, 'Decrypt', { CiphertextBlob: blob }), pending);
      for (const operation of ['EnableKey', 'DisableKey', 'ScheduleKeyDeletion']) {
        assert.equal(await refused(ADMIN, operation, { KeyId: key }), pending, operation);
      }
      assert.equal(await refused(ADMIN, 'CreateAlias', { AliasName: 'alias/a', TargetKeyId: key }), pending);
      await call(ADMIN, 'GetKeyPolicy', { KeyId: key });
      await call(ADMIN, 'CancelKeyDeletion', { KeyId: key });
      assert.equal(object((await call(ADMIN, 'DescribeKey', { KeyId: key })).KeyMetadata).KeyState, 'Disabled');
      assert.equal(
        await refused(ADMIN, 'CancelKeyDeletion', { KeyId: key }),
        `KMSInvalidStateException: ${key} is not pending deletion.`,
      );
      await call(ADMIN, 'ScheduleKeyDeletion', { KeyId: key });
      time += 30 * DAY;
      assert.match(await refused(ADMIN, 'DescribeKey', { KeyId: key }), /^NotFoundException/);
      assert.match(await refused(ADMIN, 'Decrypt', { CiphertextBlob: blob }), /^AccessDeniedException: The ciphertext/);
    });
  });

  describe('key policies', () => {
    test('an identity policy counts only where the key policy lets the account decide', async () => {
      const delegating = await newKey();
      await call(ADMIN, 'DescribeKey', { KeyId: delegating });
      const closed = await newKey({
        Policy: policy(allow(roleArn(BUCKET_ACCOUNT, 'keeper'), 'kms:*')),
        BypassPolicyLockoutSafetyCheck: true,
      });
      assert.match(
        await refused(ADMIN, 'DescribeKey', { KeyId: closed }),
        /perform: kms:DescribeKey on resource: .* because no resource-based policy allows the kms:DescribeKey action$/,
      );
      assert.match(await refused(ROOT, 'DescribeKey', { KeyId: closed }), /^AccessDeniedException/);
      await call(ROOT, 'DescribeKey', { KeyId: delegating });
    });

    test('in one account the key policy alone may allow', async () => {
      const key = await newKey({ Policy: policy(DELEGATION, allow(roleArn(BUCKET_ACCOUNT, 'nobody'), 'kms:Decrypt')) });
      const blob = await encrypted(key);
      assert.equal((await call(NOBODY, 'Decrypt', { CiphertextBlob: blob })).Plaintext, base64('secret'));
      assert.match(
        await refused(NOBODY, 'DescribeKey', { KeyId: key }),
        /because no identity-based policy allows the kms:DescribeKey action$/,
      );
    });

    test('across accounts both sides must allow', async () => {
      const key = await newKey({
        Policy: policy(DELEGATION, allow(`arn:aws:iam::${WORKFLOW_ACCOUNT}:root`, 'kms:Decrypt')),
      });
      const blob = await encrypted(key);
      assert.equal((await call(FOREIGN_ADMIN, 'Decrypt', { CiphertextBlob: blob })).Plaintext, base64('secret'));
      assert.match(
        await refused(FOREIGN_NOBODY, 'Decrypt', { CiphertextBlob: blob }),
        /kms:Decrypt on resource: .* because no identity-based policy allows the kms:Decrypt action$/,
      );
      const unknown = await encrypted(await newKey());
      assert.match(
        await refused(FOREIGN_ADMIN, 'Decrypt', { CiphertextBlob: unknown }),
        /perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist/,
      );
    });

    test('only the account of a key manages it', async () => {
      const key = await newKey({ Policy: policy(DELEGATION, allow(WORKFLOW_ACCOUNT, 'kms:*')) });
      await call(FOREIGN_ADMIN, 'DescribeKey', { KeyId: key });
      assert.match(await refused(FOREIGN_ADMIN, 'DisableKey', { KeyId: key }), /^AccessDeniedException/);
      assert.match(await refused(FOREIGN_ADMIN, 'GetKeyPolicy', { KeyId: key }), /^AccessDeniedException/);
    });

    test('a policy is put and given back as it was', async () => {
      const key = await newKey();
      const document = policy(DELEGATION, allow(roleArn(BUCKET_ACCOUNT, 'nobody'), 'kms:DescribeKey'));
      await call(ADMIN, 'PutKeyPolicy', { KeyId: key, PolicyName: 'default', Policy: document });
      assert.deepEqual(await call(ADMIN, 'GetKeyPolicy', { KeyId: key }), { Policy: document, PolicyName: 'default' });
      await call(NOBODY, 'DescribeKey', { KeyId: key });
      assert.deepEqual(await call(ADMIN, 'ListKeyPolicies', { KeyId: key }), {
        PolicyNames: ['default'],
        Truncated: false,
      });
      assert.match(await refused(ADMIN, 'GetKeyPolicy', { KeyId: key, PolicyName: 'other' }), /^NotFoundException/);
    });

    test('a policy that is none is refused', async () => {
      const key = await newKey();
      for (const document of ['{', '{}', policy({ Effect: 'Allow', Action: 'kms:*', Resource: '*' })]) {
        assert.match(
          await refused(ADMIN, 'PutKeyPolicy', { KeyId: key, Policy: document }),
          /^MalformedPolicyDocumentException/,
          document,
        );
      }
    });

    test('a policy that locks its author out is refused unless the check is bypassed', async () => {
      const key = await newKey();
      const closed = policy(allow(roleArn(BUCKET_ACCOUNT, 'keeper'), 'kms:*'));
      const text =
        'MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.';
      assert.equal(await refused(ADMIN, 'PutKeyPolicy', { KeyId: key, Policy: closed }), text);
      assert.equal(await refused(ADMIN, 'CreateKey', { Policy: closed }), text);
      await call(ADMIN, 'PutKeyPolicy', { KeyId: key, Policy: closed, BypassPolicyLockoutSafetyCheck: true });
    });

    test('a principal that does not exist is refused, and one that is made anew is another', async () => {
      let id: string | undefined = 'AROANOBODY';
      const store = await KeyStore.open(() => time);
      const principalIds = (arn: string) => (arn === roleArn(BUCKET_ACCOUNT, 'nobody') ? id : undefined);
      kms = new Kms({ store, authorizer: { authorize: evaluate }, now: () => time, principalIds });
      const naming = policy(DELEGATION, allow(roleArn(BUCKET_ACCOUNT, 'nobody'), 'kms:DescribeKey'));
      const key = await newKey({ Policy: naming });
      await call(NOBODY, 'DescribeKey', { KeyId: key });
      const anew: Caller = { ...NOBODY, principal: { ...NOBODY.principal, id: 'AROAANEW' } as Caller['principal'] };
      assert.match(await refused(anew, 'DescribeKey', { KeyId: key }), /^AccessDeniedException/);
      assert.equal((await call(ADMIN, 'GetKeyPolicy', { KeyId: key })).Policy, naming);
      id = undefined;
      const shown = text((await call(ADMIN, 'GetKeyPolicy', { KeyId: key })).Policy);
      assert.equal(shown, naming.replace(roleArn(BUCKET_ACCOUNT, 'nobody'), 'AROANOBODY'));
      assert.equal(
        await refused(ADMIN, 'PutKeyPolicy', { KeyId: key, Policy: naming }),
        'MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.',
      );
    });
  });

  describe('permissions', () => {
    /** An input for each operation that is asked for as `kms:` and its name; of the key, its blob or its grant. */
    const INPUTS: Readonly<Record<string, (of: { key: string; blob: string; grant: string }) => JsonObject>> = {
      CancelKeyDeletion: ({ key }) => ({ KeyId: key }),
      CreateAlias: ({ key }) => ({ AliasName: 'alias/new', TargetKeyId: key }),
      CreateGrant: ({ key }) => ({
        KeyId: key,
        GranteePrincipal: roleArn(BUCKET_ACCOUNT, 'x'),
        Operations: ['Decrypt'],
      }),
      CreateKey: () => ({}),
      Decrypt: ({ blob }) => ({ CiphertextBlob: blob }),
      DeleteAlias: () => ({ AliasName: 'alias/old' }),
      DescribeKey: ({ key }) => ({ KeyId: key }),
      DisableKey: ({ key }) => ({ KeyId: key }),
      EnableKey: ({ key }) => ({ KeyId: key }),
      Encrypt: ({ key }) => ({ KeyId: key, Plaintext: base64('x') }),
      GenerateDataKey: ({ key }) => ({ KeyId: key, KeySpec: 'AES_256' }),
      GenerateDataKeyWithoutPlaintext: ({ key }) => ({ KeyId: key, KeySpec: 'AES_256' }),
      GenerateRandom: () => ({ NumberOfBytes: 1 }),
      GetKeyPolicy: ({ key }) => ({ KeyId: key }),
      ListAliases: () => ({}),
      ListGrants: ({ key }) => ({ KeyId: key }),
      ListKeyPolicies: ({ key }) => ({ KeyId: key }),
      ListKeys: () => ({}),
      ListResourceTags: ({ key }) => ({ KeyId: key }),
      ListRetirableGrants: () => ({ RetiringPrincipal: roleArn(BUCKET_ACCOUNT, 'x') }),
      PutKeyPolicy: ({ key }) => ({ KeyId: key, Policy: policy(DELEGATION) }),
      RetireGrant: ({ key, grant }) => ({ KeyId: key, GrantId: grant }),
      RevokeGrant: ({ key, grant }) => ({ KeyId: key, GrantId: grant }),
      ScheduleKeyDeletion: ({ key }) => ({ KeyId: key }),
      TagResource: ({ key }) => ({ KeyId: key, Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
      UntagResource: ({ key }) => ({ KeyId: key, TagKeys: ['a'] }),
      UpdateAlias: ({ key }) => ({ AliasName: 'alias/old', TargetKeyId: key }),
      UpdateKeyDescription: ({ key }) => ({ KeyId: key, Description: 'x' }),
    };

    test('every operation is in the table, but ReEncrypt, which is two permissions', () => {
      assert.deepEqual(
        [...kmsOperations.keys()].filter((name) => name !== 'ReEncrypt'),
        Object.keys(INPUTS),
      );
    });

    for (const [operation, input] of Object.entries(INPUTS)) {
      test(`${operation} asks for its own permission and no other`, async () => {
        const key = await newKey();
        const blob = await encrypted(key);
        await call(ADMIN, 'CreateAlias', { AliasName: 'alias/old', TargetKeyId: key });
        const granted = { KeyId: key, GranteePrincipal: roleArn(BUCKET_ACCOUNT, 'x'), Operations: ['Decrypt'] };
        const grant = text((await call(ADMIN, 'CreateGrant', granted)).GrantId);
        if (operation === 'CancelKeyDeletion') await call(ADMIN, 'ScheduleKeyDeletion', { KeyId: key });
        const action = `kms:${operation}`;
        const allowing = (statement: object) =>
          session(BUCKET_ACCOUNT, 'some', [{ Effect: 'Allow', Resource: '*', ...statement }]).caller;
        const given = input({ key, blob, grant });
        const denied = await refused(allowing({ NotAction: action }), operation, given);
        assert.match(denied, new RegExp(`^AccessDeniedException: .* is not authorized to perform: ${action} on`));
        await call(allowing({ Action: action }), operation, given);
      });
    }

    test('a key with tags is made by who may tag', async () => {
      const creator = session(BUCKET_ACCOUNT, 'creator', [{ Effect: 'Allow', Action: 'kms:CreateKey', Resource: '*' }]);
      const tagged = { Tags: [{ TagKey: 'a', TagValue: 'b' }] };
      assert.match(await refused(creator.caller, 'CreateKey', tagged), /kms:TagResource/);
      await call(creator.caller, 'CreateKey');
    });
  });

  describe('cryptography', () => {
    test('what is encrypted is decrypted, in the same context', async () => {
      const key = await newKey();
      const blob = await encrypted(key, { team: 'a' });
      assert.deepEqual(await call(ADMIN, 'Decrypt', { CiphertextBlob: blob, EncryptionContext: { team: 'a' } }), {
        KeyId: key,
        Plaintext: base64('secret'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      });
      assert.equal(await refused(ADMIN, 'Decrypt', { CiphertextBlob: blob }), 'InvalidCiphertextException: ');
      const other = await newKey();
      const wrong = { CiphertextBlob: blob, KeyId: other, EncryptionContext: { team: 'a' } };
      assert.match(await refused(ADMIN, 'Decrypt', wrong), /^IncorrectKeyException/);
      assert.match(
        await refused(ADMIN, 'Decrypt', { CiphertextBlob: blob, EncryptionContext: { team: 'a' } }, 'us-east-1'),
        /^AccessDeniedException: The ciphertext refers to/,
      );
    });

    test('a data key comes in the clear and encrypted', async () => {
      const key = await newKey();
      const made = await call(ADMIN, 'GenerateDataKey', { KeyId: key, KeySpec: 'AES_256' });
      assert.equal(Buffer.from(text(made.Plaintext), 'base64').length, 32);
      const opened = await call(ADMIN, 'Decrypt', { CiphertextBlob: text(made.CiphertextBlob) });
      assert.equal(opened.Plaintext, made.Plaintext);
      const short = await call(ADMIN, 'GenerateDataKey', { KeyId: key, NumberOfBytes: 5 });
      assert.equal(Buffer.from(text(short.Plaintext), 'base64').length, 5);
      const hidden = await call(ADMIN, 'GenerateDataKeyWithoutPlaintext', { KeyId: key, KeySpec: 'AES_128' });
      assert.equal(hidden.Plaintext, undefined);
      const text1 = 'ValidationException: Please specify either number of bytes or key spec.';
      assert.equal(await refused(ADMIN, 'GenerateDataKey', { KeyId: key }), text1);
      assert.equal(
        await refused(ADMIN, 'GenerateDataKey', { KeyId: key, NumberOfBytes: 1, KeySpec: 'AES_128' }),
        text1,
      );
    });

    test('re-encryption asks for the old key and the new one', async () => {
      const [from, to] = [await newKey(), await newKey()];
      const blob = await encrypted(from, { a: '1' });
      const input = {
        CiphertextBlob: blob,
        SourceEncryptionContext: { a: '1' },
        DestinationKeyId: to,
        DestinationEncryptionContext: { b: '2' },
      };
      authorizations.length = 0;
      const moved = await call(ADMIN, 'ReEncrypt', input);
      assert.deepEqual(
        authorizations.map(({ action, resource }) => [action, resource]),
        [
          ['kms:ReEncryptFrom', from],
          ['kms:ReEncryptTo', to],
        ],
      );
      assert.deepEqual([moved.SourceKeyId, moved.KeyId], [from, to]);
      const opened = await call(ADMIN, 'Decrypt', {
        CiphertextBlob: text(moved.CiphertextBlob),
        EncryptionContext: { b: '2' },
      });
      assert.equal(opened.Plaintext, base64('secret'));
    });

    test('a plaintext has 1 to 4096 bytes', async () => {
      const key = await newKey();
      const of = (size: number) => ({ KeyId: key, Plaintext: Buffer.alloc(size).toString('base64') });
      await call(ADMIN, 'Encrypt', of(4096));
      assert.match(await refused(ADMIN, 'Encrypt', of(4097)), /'plaintext'.*less than or equal to 4096/);
      assert.match(await refused(ADMIN, 'Encrypt', of(0)), /'plaintext'.*greater than or equal to 1/);
    });

    test('the condition keys say who asks, how and for what', async () => {
      const key = await newKey({ Tags: [{ TagKey: 'team', TagValue: 'a' }] });
      await call(ADMIN, 'CreateAlias', { AliasName: 'alias/mine', TargetKeyId: key });
      authorizations.length = 0;
      await encrypted('alias/mine', { case: '7', kind: 'x' });
      const { context } = authorizations[0]!;
      assert.deepEqual(context, {
        'aws:RequestedRegion': REGION,
        'aws:SecureTransport': 'true',
        'aws:ResourceTag/team': 'a',
        'kms:CallerAccount': BUCKET_ACCOUNT,
        'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
        'kms:EncryptionContext:case': '7',
        'kms:EncryptionContext:kind': 'x',
        'kms:EncryptionContextKeys': ['case', 'kind'],
        'kms:KeyOrigin': 'AWS_KMS',
        'kms:KeySpec': 'SYMMETRIC_DEFAULT',
        'kms:KeyUsage': 'ENCRYPT_DECRYPT',
        'kms:MultiRegion': 'false',
        'kms:RequestAlias': 'alias/mine',
        'kms:ResourceAliases': ['alias/mine'],
      });
    });
  });

  describe('aliases', () => {
    test('an alias stands for its key, in its account and Region', async () => {
      const [one, two] = [await newKey(), await newKey()];
      await call(ADMIN, 'CreateAlias', { AliasName: 'alias/mine', TargetKeyId: one });
      const described = async () => object((await call(ADMIN, 'DescribeKey', { KeyId: 'alias/mine' })).KeyMetadata).Arn;
      assert.equal(await described(), one);
      await call(ADMIN, 'UpdateAlias', { AliasName: 'alias/mine', TargetKeyId: two });
      assert.equal(await described(), two);
      assert.equal(
        await refused(FOREIGN_ADMIN, 'DescribeKey', { KeyId: 'alias/mine' }),
        `NotFoundException: Alias arn:aws:kms:${REGION}:${WORKFLOW_ACCOUNT}:alias/mine is not found.`,
      );
      const [alias] = list((await call(ADMIN, 'ListAliases', { KeyId: two })).Aliases);
      assert.deepEqual(alias, {
        AliasName: 'alias/mine',
        AliasArn: `arn:aws:kms:${REGION}:${BUCKET_ACCOUNT}:alias/mine`,
        TargetKeyId: two.split('/')[1],
        CreationDate: time / 1000,
        LastUpdatedDate: time / 1000,
      });
      assert.deepEqual((await call(ADMIN, 'ListAliases', { KeyId: one })).Aliases, []);
      await call(ADMIN, 'DeleteAlias', { AliasName: 'alias/mine' });
      assert.match(await refused(ADMIN, 'DescribeKey', { KeyId: 'alias/mine' }), /^NotFoundException/);
    });

    test('a name is taken once, and names of AWS are not to be had', async () => {
      const key = await newKey();
      const input = (name: string) => ({ AliasName: name, TargetKeyId: key });
      await call(ADMIN, 'CreateAlias', input('alias/mine'));
      assert.equal(
        await refused(ADMIN, 'CreateAlias', input('alias/mine')),
        `AlreadyExistsException: An alias with the name arn:aws:kms:${REGION}:${BUCKET_ACCOUNT}:alias/mine already exists`,
      );
      assert.match(await refused(ADMIN, 'CreateAlias', input('alias/aws/mine')), /^NotFoundException/);
      assert.match(await refused(ADMIN, 'CreateAlias', input('mine')), /^ValidationException: Alias must start/);
      assert.match(await refused(ADMIN, 'CreateAlias', input('alias/a b')), /^ValidationException/);
    });

    test('the alias and the key must both be allowed', async () => {
      const key = await newKey();
      const alias = `arn:aws:kms:${REGION}:${BUCKET_ACCOUNT}:alias/mine`;
      const only = (resource: string) =>
        session(BUCKET_ACCOUNT, 'some', [{ Effect: 'Allow', Action: 'kms:CreateAlias', Resource: resource }]).caller;
      const input = { AliasName: 'alias/mine', TargetKeyId: key };
      assert.match(await refused(only(alias), 'CreateAlias', input), new RegExp(`on resource: ${key} because`));
      assert.match(await refused(only(key), 'CreateAlias', input), new RegExp(`on resource: ${alias} because`));
    });

    test('operations that manage a key do not take an alias', async () => {
      await call(ADMIN, 'CreateAlias', { AliasName: 'alias/mine', TargetKeyId: await newKey() });
      assert.match(await refused(ADMIN, 'DisableKey', { KeyId: 'alias/mine' }), /^NotFoundException: Invalid keyId/);
    });
  });

  describe('grants', () => {
    const GRANTEE = roleArn(BUCKET_ACCOUNT, 'nobody');

    test('a grant allows what it names, to whom it names, in its encryption context, until it is revoked', async () => {
      const key = await newKey();
      const blob = await encrypted(key, { team: 'a', more: 'b' });
      const bare = await encrypted(key);
      const { GrantId: id } = await call(ADMIN, 'CreateGrant', {
        KeyId: key,
        GranteePrincipal: GRANTEE,
        Operations: ['Decrypt', 'DescribeKey'],
        Constraints: { EncryptionContextSubset: { team: 'a' } },
      });
      const decrypt = { CiphertextBlob: blob, EncryptionContext: { team: 'a', more: 'b' } };
      await call(NOBODY, 'Decrypt', decrypt);
      await call(NOBODY, 'DescribeKey', { KeyId: key });
      assert.match(await refused(NOBODY, 'Decrypt', { CiphertextBlob: bare }), /^AccessDeniedException/);
      assert.match(await refused(NOBODY, 'Encrypt', { KeyId: key, Plaintext: base64('x') }), /^AccessDeniedException/);
      assert.match(await refused(FOREIGN_NOBODY, 'Decrypt', decrypt), /^AccessDeniedException/);
      const [entry] = list((await call(ADMIN, 'ListGrants', { KeyId: key })).Grants);
      assert.deepEqual(entry, {
        KeyId: key,
        GrantId: id,
        Name: '',
        CreationDate: time / 1000,
        GranteePrincipal: GRANTEE,
        IssuingAccount: `arn:aws:iam::${BUCKET_ACCOUNT}:root`,
        Operations: ['Decrypt', 'DescribeKey'],
        Constraints: { EncryptionContextSubset: { team: 'a' } },
      });
      await call(ADMIN, 'RevokeGrant', { KeyId: key, GrantId: id ?? '' });
      assert.match(await refused(NOBODY, 'Decrypt', decrypt), /^AccessDeniedException/);
      assert.match(await refused(ADMIN, 'RevokeGrant', { KeyId: key, GrantId: 'x' }), /^NotFoundException/);
    });

    test('a deny of the key policy stands above a grant', async () => {
      const deny = { ...allow('*', 'kms:Decrypt'), Effect: 'Deny' };
      const key = await newKey({ Policy: policy(DELEGATION, deny) });
      const blob = await encrypted(key);
      await call(ADMIN, 'CreateGrant', { KeyId: key, GranteePrincipal: GRANTEE, Operations: ['Decrypt'] });
      assert.match(
        await refused(NOBODY, 'Decrypt', { CiphertextBlob: blob }),
        /explicit deny in a resource-based policy/,
      );
    });

    test('a foreign grantee needs a word of its own account: an identity policy, or a grant that account issued', async () => {
      const key = await newKey({
        Policy: policy(DELEGATION, allow(`arn:aws:iam::${WORKFLOW_ACCOUNT}:root`, 'kms:CreateGrant')),
      });
      const blob = await encrypted(key);
      const grant = {
        KeyId: key,
        GranteePrincipal: roleArn(WORKFLOW_ACCOUNT, 'nobody'),
        Operations: ['Decrypt'],
      };
      const { GrantId: id } = await call(ADMIN, 'CreateGrant', grant);
      assert.match(await refused(FOREIGN_NOBODY, 'Decrypt', { CiphertextBlob: blob }), /no identity-based policy/);
      await call(ADMIN, 'RevokeGrant', { KeyId: key, GrantId: id ?? '' });
      await call(FOREIGN_ADMIN, 'CreateGrant', grant);
      await call(FOREIGN_NOBODY, 'Decrypt', { CiphertextBlob: blob });
    });

    test('who creates grants by a grant gives no more than it has', async () => {
      const key = await newKey();
      const constraints = { EncryptionContextSubset: { team: 'a' } };
      await call(ADMIN, 'CreateGrant', {
        KeyId: key,
        GranteePrincipal: GRANTEE,
        Operations: ['Decrypt', 'CreateGrant'],
        Constraints: constraints,
      });
      const child = { KeyId: key, GranteePrincipal: roleArn(BUCKET_ACCOUNT, 'child'), Constraints: constraints };
      await call(NOBODY, 'CreateGrant', { ...child, Operations: ['Decrypt'] });
      assert.match(await refused(NOBODY, 'CreateGrant', { ...child, Operations: ['Encrypt'] }), /^AccessDenied/);
      const unconstrained = { KeyId: key, GranteePrincipal: GRANTEE, Operations: ['Decrypt'] };
      assert.match(await refused(NOBODY, 'CreateGrant', unconstrained), /^AccessDenied/);
    });

    test('the condition keys of CreateGrant say what is granted', async () => {
      const key = await newKey();
      authorizations.length = 0;
      await call(ADMIN, 'CreateGrant', {
        KeyId: key,
        GranteePrincipal: GRANTEE,
        RetiringPrincipal: roleArn(BUCKET_ACCOUNT, 'admin'),
        Operations: ['Decrypt'],
        Constraints: { EncryptionContextEquals: { a: 'b' } },
      });
      const { context } = authorizations[0]!;
      assert.equal(context['kms:GranteePrincipal'], GRANTEE);
      assert.equal(context['kms:RetiringPrincipal'], roleArn(BUCKET_ACCOUNT, 'admin'));
      assert.deepEqual(context['kms:GrantOperations'], ['Decrypt']);
      assert.deepEqual(context['kms:GrantConstraintType'], ['EncryptionContextEquals']);
      assert.equal(context['kms:GrantIsForAWSResource'], 'false');
    });

    test('the same grant by the same name is made once', async () => {
      const key = await newKey();
      const grant = { KeyId: key, GranteePrincipal: GRANTEE, Operations: ['Decrypt'] };
      const named = { ...grant, Name: 'again' };
      assert.deepEqual(await call(ADMIN, 'CreateGrant', named), await call(ADMIN, 'CreateGrant', named));
      await call(ADMIN, 'CreateGrant', grant);
      await call(ADMIN, 'CreateGrant', grant);
      assert.equal(list((await call(ADMIN, 'ListGrants', { KeyId: key })).Grants).length, 3);
    });

    test('a grant is retired by its retiring principal, or by its grantee where it says so', async () => {
      const key = await newKey();
      const grant = { KeyId: key, GranteePrincipal: roleArn(BUCKET_ACCOUNT, 'child'), Operations: ['Decrypt'] };
      const retire = async (caller: Caller, input: JsonObject) => {
        const { GrantToken: token } = await call(ADMIN, 'CreateGrant', input);
        return answer(caller, 'RetireGrant', { GrantToken: token ?? '' });
      };
      assert.equal((await retire(NOBODY, grant)).status, 400);
      assert.equal((await retire(NOBODY, { ...grant, RetiringPrincipal: GRANTEE })).status, 200);
      const own = { ...grant, GranteePrincipal: GRANTEE };
      assert.equal((await retire(NOBODY, own)).status, 400);
      assert.equal((await retire(NOBODY, { ...own, Operations: ['Decrypt', 'RetireGrant'] })).status, 200);
      assert.equal((await retire(ADMIN, grant)).status, 200);
      assert.match(await refused(ADMIN, 'RetireGrant', { GrantToken: 'x' }), /^InvalidGrantTokenException/);
    });

    test('grants are listed by whom they let retire them', async () => {
      const key = await newKey();
      const retiring = roleArn(WORKFLOW_ACCOUNT, 'admin');
      const grant = { KeyId: key, GranteePrincipal: GRANTEE, Operations: ['Decrypt'], RetiringPrincipal: retiring };
      await call(ADMIN, 'CreateGrant', grant);
      const listed = await call(FOREIGN_ADMIN, 'ListRetirableGrants', { RetiringPrincipal: retiring });
      assert.equal(list(listed.Grants)[0]?.KeyId, key);
      assert.match(
        await refused(ADMIN, 'ListRetirableGrants', { RetiringPrincipal: retiring }),
        /^InvalidArnException/,
      );
    });

    test('what cannot be granted is refused', async () => {
      const grant = { KeyId: await newKey(), GranteePrincipal: GRANTEE };
      for (const Operations of [['Sign'], ['PutKeyPolicy'], []]) {
        assert.match(await refused(ADMIN, 'CreateGrant', { ...grant, Operations }), /^ValidationException/);
      }
      const wrong = { ...grant, GranteePrincipal: 'nobody', Operations: ['Decrypt'] };
      assert.match(await refused(ADMIN, 'CreateGrant', wrong), /^InvalidArnException/);
    });
  });

  describe('tags', () => {
    const tags = (...names: readonly string[]) => names.map((name) => ({ TagKey: name, TagValue: `of ${name}` }));

    test('tags are added, listed and removed', async () => {
      const key = await newKey({ Tags: tags('a') });
      await call(ADMIN, 'TagResource', { KeyId: key, Tags: tags('b', 'c') });
      await call(ADMIN, 'UntagResource', { KeyId: key, TagKeys: ['b'] });
      assert.deepEqual((await call(ADMIN, 'ListResourceTags', { KeyId: key })).Tags, tags('a', 'c'));
    });

    test('tags of AWS and too many of them are refused', async () => {
      const key = await newKey();
      assert.match(await refused(ADMIN, 'TagResource', { KeyId: key, Tags: tags('aws:x') }), /^TagException/);
      const many = tags(...Array.from({ length: 51 }, (_, index) => `tag-${index}`));
      assert.match(await refused(ADMIN, 'TagResource', { KeyId: key, Tags: many }), /^LimitExceededException/);
    });

    test('a tag decides where a policy says so', async () => {
      const ofTeam = session(BUCKET_ACCOUNT, 'team', [
        {
          Effect: 'Allow',
          Action: 'kms:DescribeKey',
          Resource: '*',
          Condition: { StringEquals: { 'aws:ResourceTag/team': 'of team' } },
        },
      ]).caller;
      await call(ofTeam, 'DescribeKey', { KeyId: await newKey({ Tags: tags('team') }) });
      assert.match(await refused(ofTeam, 'DescribeKey', { KeyId: await newKey() }), /^AccessDeniedException/);
    });
  });
});
