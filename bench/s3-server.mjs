// The server process of the bench `s3`: fills a data folder, or serves it.
import { join } from 'node:path';

const dist = new URL('../packages/crossmap/dist/src/', import.meta.url);
const ours = (file) => import(new URL(file, dist));
const { task, folder, keys } = JSON.parse(process.argv[2]);
const [account, region] = ['111111111111', 'us-east-1'];
const accessKeyId = 'AKIABENCHBENCHBENCH1';
const secretAccessKey = 'bench/bench/bench/bench/bench/bench/benc';

const SHARDS = 8;
const keyOf = (index, total) => {
  const shard = Math.floor((index * SHARDS) / total);
  return `shard=${shard}/2026/11/23/object-${String(index).padStart(10, '0')}.json`;
};

if (task === 'fill') await fill();
else await serve();

async function fill() {
  const { ObjectStore } = await ours('s3/object-store.js');
  const { NEW_BUCKET_SETTINGS: settings } = await ours('s3/bucket-settings.js');
  const { openDatabase } = await ours('sqlite/open.js');
  const { directoryBlobs } = await ours('s3/directory-blobs.js');
  const database = await openDatabase(join(folder, 'objects.sqlite'));
  const store = await ObjectStore.open(database, await directoryBlobs(join(folder, 'objects')));
  const bucket = { name: 'bench-listing', accountId: account, region, creationDate: 0, settings };
  await store.buckets.create(bucket);
  const bytes = Buffer.from('{}');
  const attributes = { headers: { 'content-type': 'application/json' }, metadata: {} };
  const object = {
    size: bytes.length,
    etag: '99914b932bd37a50b983c5e7c90ae93b',
    lastModified: 1_795_392_000_000,
    attributes,
    body: { kind: 'inline', bytes },
  };
  const started = performance.now();
  for (let index = 0; index < keys; ) {
    const writes = [];
    for (const end = Math.min(index + 5000, keys); index < end; index++) {
      writes.push(store.putObject(bucket.name, keyOf(index, keys), object, {}));
    }
    await Promise.all(writes);
  }
  const seconds = (performance.now() - started) / 1000;
  store.close();
  process.send({ perSecond: Math.round(keys / seconds) });
}

async function serve() {
  const { openCloud } = await ours('cloud.js');
  const cloud = await openCloud({ data: folder, environments: 1, keepsAccounts: true, onLog: console.error });
  const { loadAccounts } = await ours('accounts/accounts-file/load.js');
  const { accountsFile } = await ours('accounts/accounts-file/accounts-file.js');
  const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const policies = { s3: { Version: '2012-10-17', Statement: [statement] } };
  const user = { name: 'bench', policies, accessKeys: [{ accessKeyId, secretAccessKey }] };
  const buckets = ['bench-listing', 'bench-objects'].map((name) => ({ name, region }));
  await loadAccounts(accountsFile.read({ accounts: [{ id: account, users: [user], buckets }] }, ''), cloud);
  const { port } = await cloud.listen(0);
  process.send({ port, accessKeyId, secretAccessKey });
  process.on('message', async (what) => {
    if (what === 'stop') {
      await cloud.close();
      process.exit(0);
    }
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    process.send({
      ...cloud.s3.durability(),
      rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
      peakRssMb: Math.round(maxRSS / 1024),
      cpuSeconds: Math.round((userCPUTime + systemCPUTime) / 1000) / 1000,
    });
  });
}
