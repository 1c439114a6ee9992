import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Caller, evaluate } from '../../src/iam/evaluate.ts';
import type { BlobStore } from '../../src/s3/blob-store.ts';
import type { ResponseBody } from '../../src/s3/body.ts';
import { NEW_BUCKET_SETTINGS } from '../../src/s3/bucket-settings.ts';
import { directoryBlobs } from '../../src/s3/directory-blobs.ts';
import { EmbeddedS3 } from '../../src/s3/embedded-s3.ts';
import { S3Error } from '../../src/s3/errors.ts';
import { memoryBlobs } from '../../src/s3/memory-blobs.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

const ACCOUNT = '111111111111';
const owner: Caller = {
  principal: { kind: 'root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` },
  identityPolicies: [],
};
const at = (key: string) => ({ bucket: 'partner-objects', key, region: 'eu-west-1' });

const directory = mkdtempSync(join(tmpdir(), 'crossmap-s3-'));
after(() => rmSync(directory, { recursive: true, force: true }));

async function open(blobs: BlobStore, database = ':memory:'): Promise<{ s3: EmbeddedS3; store: ObjectStore }> {
  const store = await ObjectStore.open(await openDatabase(database), blobs);
  let ids = 0;
  const newId = () => `upload-${ids++}`;
  const s3 = new EmbeddedS3({ store, authorizer: { authorize: evaluate }, now: () => 1_767_323_045_678, newId });
  await s3.provisionBucket({ name: 'partner-objects', accountId: ACCOUNT, region: 'eu-west-1' });
  return { s3, store };
}

async function* stream(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function* breaking(before: Uint8Array): AsyncGenerator<Uint8Array> {
  yield before;
  throw new Error('the source broke');
}

async function bytesOf(body: ResponseBody): Promise<Buffer> {
  if (body.kind === 'bytes') return Buffer.from(body.bytes);
  const chunks: Uint8Array[] = [];
  for await (const bytes of body.stream) chunks.push(bytes);
  return Buffer.concat(chunks);
}

function refusal(code: string) {
  return (error: unknown) => error instanceof S3Error && error.code === code;
}

const SMALL = Buffer.alloc(64 * 1024, 'small');
const LARGE = Buffer.alloc(64 * 1024 + 1, 'large');

const BLOBS: readonly (readonly [string, (name: string) => Promise<BlobStore>])[] = [
  ['memory', async () => memoryBlobs()],
  ['a directory', (name) => directoryBlobs(join(directory, name))],
];

for (const [where, blobsFor] of BLOBS) {
  describe(`with large bodies in ${where}`, () => {
    test('objects of every size come back as they were put', async () => {
      const { s3, store } = await open(await blobsFor('sizes'));
      for (const [key, body] of [
        ['empty', Buffer.alloc(0)],
        ['small', SMALL],
        ['large', LARGE],
      ] as const) {
        assert.equal(
          (await s3.putObject(owner, at(key), stream(body.subarray(0, 10), body.subarray(10)))).size,
          body.length,
        );
        assert.deepEqual(await bytesOf(await s3.getObject(owner, at(key))), body);
      }
      store.close();
    });

    test('a multipart object has an entity tag with its number of parts, and no limit of memory', async () => {
      const { s3, store } = await open(await blobsFor('multipart'));
      const piece = Buffer.alloc(3 * 1024 * 1024, 'x');
      const object = { ...at('results'), multipart: true, contentType: 'application/json' };
      const { size, etag } = await s3.putObject(owner, object, stream(piece, piece, piece, piece));
      assert.equal(size, 4 * piece.length);
      assert.match(etag, /^"[0-9a-f]{32}-2"$/);
      const body = await bytesOf(await s3.getObject(owner, at('results')));
      assert.equal(Buffer.compare(body, Buffer.concat([piece, piece, piece, piece])), 0);
      const empty = await s3.putObject(owner, { ...at('empty'), multipart: true }, stream());
      assert.equal(empty.size, 0);
      assert.match(empty.etag, /-1"$/);
      assert.equal((await bytesOf(await s3.getObject(owner, at('empty')))).length, 0);
      store.close();
    });

    test('an object that is overwritten while it is read is read to its old end', async () => {
      const blobs = await blobsFor('overwritten');
      const { s3, store } = await open(blobs);
      await s3.putObject(owner, at('large'), stream(LARGE));
      const old = await s3.getObject(owner, at('large'));
      await s3.putObject(owner, at('large'), stream('new'));
      assert.deepEqual(await bytesOf(old), LARGE);
      assert.equal((await bytesOf(await s3.getObject(owner, at('large')))).toString(), 'new');
      store.close();
    });

    test('a body that breaks off leaves the old object and nothing of the new one', async () => {
      const { s3, store } = await open(await blobsFor('broken'));
      await s3.putObject(owner, at('report'), stream('old'));
      for (const multipart of [false, true]) {
        await assert.rejects(s3.putObject(owner, { ...at('report'), multipart }, breaking(LARGE)), /the source broke/);
      }
      assert.equal((await bytesOf(await s3.getObject(owner, at('report')))).toString(), 'old');
      assert.deepEqual(store.database.prepare('SELECT * FROM upload').all(), []);
      assert.deepEqual(store.database.prepare('SELECT * FROM blob').all(), []);
      store.close();
    });
  });
}

test('files of objects that are gone are gone, and those a crash left are swept when the store opens', async () => {
  const files = join(directory, 'swept');
  const database = join(directory, 'swept.db');
  const first = await open(await directoryBlobs(files), database);
  await first.s3.putObject(owner, at('kept'), stream(LARGE));
  await first.s3.putObject(owner, at('kept'), stream(LARGE, 'more'));
  await first.s3.putObject(owner, { ...at('gone'), multipart: true }, stream(LARGE));
  const gone = { ...at('gone'), caller: owner, method: 'DELETE', query: {}, headers: {} };
  await first.s3.handle({ ...gone, body: { length: 0, stream: stream(), trailers: () => ({}) } });
  assert.equal(readdirSync(files).length, 1);
  first.store.close();
  writeFileSync(join(files, 'left.unfinished'), 'half');
  writeFileSync(join(files, 'left'), 'whole, but nothing refers to it');
  const second = await open(await directoryBlobs(files), database);
  assert.equal(readdirSync(files).length, 1);
  assert.deepEqual(
    await bytesOf(await second.s3.getObject(owner, at('kept'))),
    Buffer.concat([LARGE, Buffer.from('more')]),
  );
  second.store.close();
});

test('keys that are tricks as paths are keys like any other, and name no file', async () => {
  const home = join(directory, 'tricks');
  const files = join(home, 'objects');
  mkdirSync(home);
  const { s3, store } = await open(await directoryBlobs(files), join(home, 'objects.sqlite'));
  const tricks = [
    '../../escaped',
    '..',
    '.',
    '/absolute',
    'C:\\escaped',
    'CON',
    'nul.txt',
    'a\u0000b',
    'a/../b',
    '~',
    '\n',
  ];
  const keys = [...tricks, 'k'.repeat(1024), '\u{1F600}'.repeat(256)];
  for (const key of keys) await s3.putObject(owner, at(key), stream(LARGE, key));
  for (const key of keys) {
    assert.deepEqual(await bytesOf(await s3.getObject(owner, at(key))), Buffer.concat([LARGE, Buffer.from(key)]));
  }
  assert.equal(readdirSync(files).length, keys.length);
  for (const name of readdirSync(files)) assert.match(name, /^[0-9a-f-]{36}$/);
  assert.deepEqual(
    readdirSync(home).filter((name) => !name.startsWith('objects')),
    [],
  );
  await assert.rejects(s3.putObject(owner, at('k'.repeat(1025)), stream('x')), refusal('KeyTooLongError'));
  await assert.rejects(s3.putObject(owner, at('\ud800'), stream('x')), refusal('InvalidURI'));
  store.close();
});

test('a database of another version is not touched', async () => {
  const path = join(directory, 'version.db');
  const database = await openDatabase(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  const again = await openDatabase(path);
  await assert.rejects(ObjectStore.open(again, memoryBlobs()), { name: 'DatabaseError', message: /version 99/ });
  again.close();
});

test('a call without HTTP passes the checks of Region, owner and policies', async () => {
  const { s3, store } = await open(memoryBlobs());
  await s3.putObject(owner, at('a'), stream('body'));
  const roleArn = 'arn:aws:iam::222222222222:role/Processor';
  const arn = 'arn:aws:sts::222222222222:assumed-role/Processor/run';
  const stranger: Caller = {
    principal: { kind: 'role-session', accountId: '222222222222', arn, id: 'AROAPROCESSOR', roleArn },
    identityPolicies: [],
  };
  await assert.rejects(s3.getObject(stranger, at('a')), refusal('AccessDenied'));
  await assert.rejects(s3.putObject(stranger, { ...at('b'), multipart: true }, stream('x')), refusal('AccessDenied'));
  await assert.rejects(s3.getObject(owner, { ...at('a'), region: 'us-east-1' }), refusal('PermanentRedirect'));
  await assert.rejects(
    s3.getObject(owner, { ...at('a'), expectedBucketOwner: '222222222222' }),
    refusal('AccessDenied'),
  );
  await assert.rejects(s3.getObject(owner, { ...at('a'), bucket: 'absent' }), refusal('NoSuchBucket'));
  await assert.rejects(s3.getObject(owner, at('absent')), refusal('NoSuchKey'));
  await assert.rejects(s3.putObject(owner, at('k'.repeat(1025)), stream('')), refusal('KeyTooLongError'));
  await assert.rejects(s3.putObject(owner, at('\ud800'), stream('')), refusal('InvalidURI'));
  store.close();
});

test('buckets are made by callers in their account, and provisioned in any, once', async () => {
  const { s3, store } = await open(memoryBlobs());
  await s3.createBucket(owner, { name: 'made-here', region: 'ap-southeast-2' });
  assert.deepEqual(s3.bucket('made-here'), {
    name: 'made-here',
    accountId: ACCOUNT,
    region: 'ap-southeast-2',
    creationDate: 1_767_323_045_000,
    settings: NEW_BUCKET_SETTINGS,
  });
  const same = { name: 'made-here', accountId: ACCOUNT, region: 'ap-southeast-2' };
  await s3.provisionBucket(same);
  await assert.rejects(s3.provisionBucket({ ...same, accountId: '222222222222' }), refusal('BucketAlreadyExists'));
  await assert.rejects(s3.provisionBucket({ ...same, name: 'No' }), refusal('InvalidBucketName'));
  await assert.rejects(s3.provisionPolicy('made-here', '{"Statement": []'), refusal('MalformedPolicy'));
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '222222222222' },
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::made-here/*',
      },
    ],
  });
  await s3.putBucketPolicy(owner, { bucket: 'made-here', region: 'ap-southeast-2', policy });
  assert.equal(s3.bucket('made-here')?.settings.policy?.document, policy);
  await s3.provisionPolicy('made-here', undefined);
  assert.equal(s3.bucket('made-here')?.settings.policy, undefined);
  store.close();
});

test('a constraint that is missing or is not the Region of the request is refused', async () => {
  const { s3, store } = await open(memoryBlobs());
  const create = (region: string, constraint: string) => {
    const body = { length: undefined, stream: stream(constraint), trailers: () => ({}) };
    return s3.handle({ caller: owner, region, method: 'PUT', bucket: 'new-bucket', query: {}, headers: {}, body });
  };
  const constraint = (region: string) =>
    `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  await assert.rejects(create('eu-west-1', ''), refusal('IllegalLocationConstraintException'));
  await assert.rejects(create('us-east-1', constraint('eu-west-1')), refusal('IllegalLocationConstraintException'));
  await assert.rejects(create('us-east-1', constraint('us-east-1')), refusal('InvalidLocationConstraint'));
  await assert.rejects(create('us-east-1', '<CreateBucketConfiguration>'), refusal('MalformedXML'));
  await assert.rejects(create('us-east-1', '<Other/>'), refusal('MalformedXML'));
  await assert.rejects(
    create('us-east-1', '<CreateBucketConfiguration><Tags/></CreateBucketConfiguration>'),
    refusal('NotImplemented'),
  );
  await create('us-east-1', '');
  await create('us-east-1', '');
  assert.equal(s3.bucket('new-bucket')?.region, 'us-east-1');
  store.close();
});
