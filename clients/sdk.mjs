import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { expectEqual } from './files.mjs';

/** The official SDK for JavaScript, version 3, as this workspace has it. What `npm test` asks of it is not asked here. */
export const sdk = {
  version: async () => {
    const path = createRequire(import.meta.url).resolve('@aws-sdk/client-s3/package.json');
    return JSON.parse(readFileSync(path, 'utf8')).version;
  },
  checks: ({ endpoint, main, bucket, files }) => {
    const credentials = { accessKeyId: main.AWS_ACCESS_KEY_ID, secretAccessKey: main.AWS_SECRET_ACCESS_KEY };
    const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
    const send = (Command, input) => client.send(new Command({ Bucket: bucket, ...input }));
    const keys = Array.from({ length: files }, (_, n) => `keys/${n % 13}/ключ ${n}`);
    return [
      [
        `${files} puts, 64 in flight`,
        async () => {
          await send(CreateBucketCommand, {});
          await inFlight(64, keys, (Key) => send(PutObjectCommand, { Key, Body: Key }));
        },
      ],
      [
        'every key listed once, in byte order',
        async () => {
          const listed = [];
          for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) {
            for (const { Key } of page.Contents ?? []) listed.push(Key);
          }
          const expected = keys
            .map((key) => Buffer.from(key))
            .sort(Buffer.compare)
            .map(String);
          expectEqual(JSON.stringify(listed), JSON.stringify(expected), 'keys');
        },
      ],
      [
        `${files} gets, 64 in flight`,
        () =>
          inFlight(64, keys, async (Key) => {
            const { Body } = await send(GetObjectCommand, { Key });
            expectEqual(await Body.transformToString(), Key, 'body');
          }),
      ],
      [
        'DeleteObjects by 1,000, DeleteBucket',
        async () => {
          for (let n = 0; n < keys.length; n += 1000) {
            const Objects = keys.slice(n, n + 1000).map((Key) => ({ Key }));
            const { Errors } = await send(DeleteObjectsCommand, { Delete: { Objects, Quiet: true } });
            expectEqual(Errors, undefined, 'errors');
          }
          await send(DeleteBucketCommand, {});
          client.destroy();
        },
      ],
    ];
  },
};

async function inFlight(slots, values, work) {
  const queue = values.values();
  await Promise.all(
    Array.from({ length: slots }, async () => {
      for (const value of queue) await work(value);
    }),
  );
}
