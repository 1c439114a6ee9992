import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { command, versionOf } from './command.mjs';
import { expectEqual, sameFiles, writeFiles, writeLargeFile } from './files.mjs';

export const rclone = {
  version: () => versionOf('rclone', 'version'),
  checks: ({ endpoint, main, folder, bucket, files }) => {
    const env = {
      ...main,
      RCLONE_CONFIG: join(folder, 'rclone.conf'),
      RCLONE_CONFIG_S_TYPE: 's3',
      // Provider AWS, of 1.60 at least, always has the bucket in the host.
      RCLONE_CONFIG_S_PROVIDER: 'Other',
      RCLONE_CONFIG_S_ENV_AUTH: 'true',
      RCLONE_CONFIG_S_REGION: 'us-east-1',
      RCLONE_CONFIG_S_ENDPOINT: endpoint,
      RCLONE_CONFIG_S_FORCE_PATH_STYLE: 'true',
      // The one ACL that a bucket of today takes.
      RCLONE_CONFIG_S_ACL: 'bucket-owner-full-control',
      RCLONE_CONFIG_S_BUCKET_ACL: 'private',
    };
    const run = (...args) => command('rclone', ['--retries', '1', '--low-level-retries', '1', ...args], { env });
    const local = join(folder, 'local');
    return [
      [
        'mkdir, lsd',
        async () => {
          await mkdir(local, { recursive: true });
          await run('mkdir', `S:${bucket}`);
          if (!(await run('lsd', 'S:')).includes(bucket)) throw new Error('The bucket is not listed');
        },
      ],
      [
        `sync of ${files} files up, check`,
        async () => {
          await writeFiles(local, files);
          await run('sync', '--transfers', '16', '--checkers', '16', local, `S:${bucket}/tree`);
          await run('check', local, `S:${bucket}/tree`);
        },
      ],
      [
        'lsf -R --fast-list',
        async () => {
          const listed = (await run('lsf', '-R', '--files-only', '--fast-list', `S:${bucket}/tree`)).trim().split('\n');
          expectEqual(listed.length, files, 'objects');
        },
      ],
      [
        'a multipart upload of 64 MiB, check --download',
        async () => {
          await writeLargeFile(join(folder, 'large.bin'), 64);
          await run(
            'copy',
            '--s3-upload-cutoff',
            '8M',
            '--s3-chunk-size',
            '8M',
            join(folder, 'large.bin'),
            `S:${bucket}/large`,
          );
          await run('check', '--download', '--include', 'large.bin', folder, `S:${bucket}/large`);
        },
      ],
      [
        'a copy within the bucket, moveto',
        async () => {
          await run('copyto', `S:${bucket}/large/large.bin`, `S:${bucket}/copied.bin`);
          await run('moveto', `S:${bucket}/copied.bin`, `S:${bucket}/moved.bin`);
          expectEqual((await run('lsf', '--files-only', `S:${bucket}`)).trim(), 'moved.bin', 'objects at the top');
        },
      ],
      [
        'copy down',
        async () => {
          await run('copy', '--transfers', '16', `S:${bucket}/tree`, join(folder, 'back'));
          await sameFiles(local, join(folder, 'back'));
        },
      ],
      ['purge', () => run('purge', `S:${bucket}`)],
    ];
  },
};
