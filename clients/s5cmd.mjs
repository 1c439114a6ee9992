import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { command, versionOf } from './command.mjs';
import { expectEqual, sameFiles, sha256OfFile, writeFiles, writeLargeFile } from './files.mjs';

export const s5cmd = {
  version: () => versionOf('s5cmd', 'version'),
  checks: ({ endpoint, main, folder, bucket, files }) => {
    const run = (...args) => command('s5cmd', ['--endpoint-url', endpoint, ...args], { env: main });
    const local = join(folder, 'local');
    const large = join(folder, 'large.bin');
    return [
      [
        'mb, ls',
        async () => {
          await mkdir(local, { recursive: true });
          await run('mb', `s3://${bucket}`);
          if (!(await run('ls')).includes(bucket)) throw new Error('The bucket is not listed');
        },
      ],
      [
        `sync of ${files} files up`,
        async () => {
          await writeFiles(local, files);
          await run('sync', `${local}/`, `s3://${bucket}/tree/`);
          expectEqual((await run('ls', `s3://${bucket}/tree/*`)).trim().split('\n').length, files, 'objects');
        },
      ],
      [
        'cp down',
        async () => {
          await run('cp', `s3://${bucket}/tree/*`, join(folder, 'back/'));
          await sameFiles(local, join(folder, 'back'));
        },
      ],
      [
        'a multipart upload of 128 MiB, both ways',
        async () => {
          await writeLargeFile(large, 128);
          await run('cp', '-p', '8', large, `s3://${bucket}/large.bin`);
          await run('cp', `s3://${bucket}/large.bin`, `${large}.back`);
          expectEqual(await sha256OfFile(`${large}.back`), await sha256OfFile(large), 'SHA-256');
        },
      ],
      [
        'a copy within the bucket, mv, du',
        async () => {
          await run('cp', `s3://${bucket}/large.bin`, `s3://${bucket}/copied.bin`);
          await run('mv', `s3://${bucket}/copied.bin`, `s3://${bucket}/moved.bin`);
          if (!(await run('du', `s3://${bucket}/moved.bin`)).includes(String(128 * 1024 * 1024)))
            throw new Error('Another size');
        },
      ],
      [
        'rm, rb',
        async () => {
          await run('rm', `s3://${bucket}/*`);
          await run('rb', `s3://${bucket}`);
        },
      ],
    ];
  },
};
