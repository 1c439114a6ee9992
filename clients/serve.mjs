import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const CROSSMAP = fileURLToPath(new URL('../packages/crossmap/bin/crossmap.js', import.meta.url));
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const [MAIN, OTHER, PARTNER] = ['111111111111', '222222222222', 'clients-partner'];
const ROLE = `arn:aws:iam::${OTHER}:role/reader`;

/**
 * Starts `crossmap serve` with two accounts. Account `other` owns the bucket `clients-partner` with `hello.txt`; its
 * policy lets account `main` list and read, and its role `reader` may be assumed from there with an external id.
 */
export async function serve(folder) {
  const config = join(folder, 'accounts.json');
  await mkdir(folder, { recursive: true });
  await writeFile(config, JSON.stringify(accounts(), null, 2));
  const child = spawn(
    process.execPath,
    [CROSSMAP, 'serve', '--config', config, '--port', '0', '--data', join(folder, 'data'), '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: line } = await Promise.race([lines.next(), ended.then(() => ({ value: undefined }))]);
  if (line === undefined) throw new Error('crossmap serve ended before it listened');
  const { endpoint } = JSON.parse(line);
  await putHello(endpoint);
  return {
    endpoint,
    partner: PARTNER,
    main: { ...environment('MAIN'), ACCOUNT: MAIN },
    other: { ...environment('OTHER'), ACCOUNT: OTHER, ROLE },
    async stop() {
      child.kill('SIGINT');
      await ended;
    },
  };
}

function accounts() {
  const statement = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${MAIN}:root` } };
  const Version = '2012-10-17';
  const reading = [
    { ...statement, Action: 's3:ListBucket', Resource: `arn:aws:s3:::${PARTNER}` },
    { ...statement, Action: 's3:GetObject', Resource: `arn:aws:s3:::${PARTNER}/*` },
  ];
  const trusting = {
    ...statement,
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': 'tenant-1' } },
  };
  const role = {
    name: 'reader',
    trustPolicy: { Version, Statement: [trusting] },
    managedPolicies: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
  };
  const user = (name) => ({ name: 'developer', accessKeys: [keys(name)], managedPolicies: [ADMINISTRATOR] });
  return {
    accounts: [
      { id: MAIN, name: 'main', users: [user('MAIN')] },
      {
        id: OTHER,
        name: 'other',
        users: [user('OTHER')],
        roles: [role],
        buckets: [{ name: PARTNER, policy: { Version, Statement: reading } }],
      },
    ],
  };
}

function keys(name) {
  return { accessKeyId: `AKIACLIENTS${name}`.padEnd(20, '0'), secretAccessKey: `the secret of ${name}` };
}

function environment(name) {
  const { accessKeyId, secretAccessKey } = keys(name);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CA_BUNDLE: '',
  };
}

async function putHello(endpoint) {
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials: keys('OTHER'), forcePathStyle: true });
  await client.send(new PutObjectCommand({ Bucket: PARTNER, Key: 'hello.txt', Body: 'hello' }));
  client.destroy();
}
