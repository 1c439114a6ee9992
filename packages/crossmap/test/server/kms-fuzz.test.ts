import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyStore } from '../../src/accounts/kms/key-store.ts';
import { Kms } from '../../src/accounts/kms/kms.ts';
import { evaluate } from '../../src/iam/evaluate.ts';
import { kmsApi } from '../../src/server/kms/api.ts';
import { kmsOperations } from '../../src/server/kms/operations.ts';
import { BUCKET_ACCOUNT, session, WORKFLOW_ACCOUNT } from './s3-world.ts';

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const region = 'eu-west-1';
const ADMIN = session(BUCKET_ACCOUNT, 'admin', [{ Effect: 'Allow', Action: '*', Resource: '*' }]).caller;
const NOBODY = session(WORKFLOW_ACCOUNT, 'nobody', []).caller;

const MEMBERS = [
  'AliasName',
  'CiphertextBlob',
  'Constraints',
  'Description',
  'DestinationKeyId',
  'EncryptionContext',
  'GrantId',
  'GrantTokens',
  'GranteePrincipal',
  'KeyId',
  'KeySpec',
  'Limit',
  'Marker',
  'Name',
  'NumberOfBytes',
  'Operations',
  'PendingWindowInDays',
  'Plaintext',
  'Policy',
  'PolicyName',
  'RetiringPrincipal',
  'TagKeys',
  'Tags',
  'TargetKeyId',
];
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(KEY_ID, `arn:aws:kms:${region}:${BUCKET_ACCOUNT}:key/${KEY_ID}`, 'alias/mine', 'AES_256', 'AQBL'),
  fc.constantFrom(['Decrypt'], { EncryptionContextEquals: { a: 'b' } }, [{ TagKey: 'a', TagValue: 'b' }]),
  fc.constant(`arn:aws:iam::${BUCKET_ACCOUNT}:role/admin`),
);
const body = fc.dictionary(fc.constantFrom(...MEMBERS), value).map((input) => JSON.stringify(input));
const request = fc.record({
  operation: fc.constantFrom(...kmsOperations.keys()),
  body: fc.oneof({ weight: 20, arbitrary: body }, { weight: 1, arbitrary: fc.string() }),
});

async function world() {
  const kms = new Kms({ store: await KeyStore.open(() => 0), authorizer: { authorize: evaluate }, now: () => 0 });
  await kms.provisionKey({ accountId: BUCKET_ACCOUNT, region, keyId: KEY_ID });
  await kms.provisionAlias('alias/mine', KEY_ID, { accountId: BUCKET_ACCOUNT, region });
  return kmsApi(kms);
}

test('no request makes KMS fail, and none is let through that has no right', async () => {
  const api = await world();
  await fc.assert(
    fc.asyncProperty(request, async (input) => {
      const authorizer = { authorize: evaluate };
      const { status } = await api.answer({ ...input, caller: ADMIN, region }, authorizer);
      assert.ok(status === 200 || status === 400);
      const nobody = await api.answer({ ...input, caller: NOBODY, region }, authorizer);
      assert.equal(nobody.status, 400, JSON.stringify(nobody.body));
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 2000) },
  );
});
