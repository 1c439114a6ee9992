// The server process of the bench `map-run-counts`: embedded accounts on disk, with a role and a bucket.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { openCloud } = await import(new URL('../packages/crossmap/dist/src/cloud.js', import.meta.url));
const { accountId, region, bucket, roleName } = JSON.parse(process.argv[2]);
const statement = (fields) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...fields }] });

const folder = await mkdtemp(join(tmpdir(), 'crossmap-bench-'));
const cloud = await openCloud({ data: join(folder, 'data'), environments: 1, onLog: console.error });
cloud.accounts.createRole({
  accountId,
  roleName,
  path: '/',
  trustPolicy: statement({ Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }),
  policies: [{ name: 'all', document: statement({ Action: '*', Resource: '*' }) }],
});
await cloud.s3.provisionBucket({ name: bucket, accountId, region });
const { port } = await cloud.listen(0);
const credentials = cloud.accounts.account(accountId).developer.accessKey;
process.once('message', async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
  const { user, system } = process.cpuUsage();
  const figures = {
    serverCpuSeconds: Math.round((user + system) / 1e4) / 100,
    serverPeakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  process.send(figures, () => process.exit());
});
process.send({ endpoint: `http://127.0.0.1:${port}`, credentials });
