import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { command, versionOf } from './command.mjs';

const SCRIPT = fileURLToPath(new URL('boto3_checks.py', import.meta.url));
const NAMES = [
  'transfer of 60 MiB by multipart',
  'every key comes back',
  'conditional writes and reads',
  'checksums of every kind',
  'versions and delete markers',
  'delete of many with an error in one',
  'presigned URLs: get and put',
  'another Region redirects',
  'keys of KMS: contexts, grants, objects under them',
];

/** Each check is one function of `boto3_checks.py`, by its number. */
export const boto3 = {
  version: () => versionOf('python3', '-c', 'import boto3; print(boto3.__version__)'),
  checks: ({ endpoint, main, other, folder, bucket }) =>
    NAMES.map((title, number) => [
      title,
      async () => {
        await mkdir(folder, { recursive: true });
        const env = {
          ...main,
          ENDPOINT: endpoint,
          BUCKET: bucket,
          FOLDER: folder,
          OTHER_KEY: other.AWS_ACCESS_KEY_ID,
          OTHER_SECRET: other.AWS_SECRET_ACCESS_KEY,
        };
        await command('python3', [SCRIPT, String(number)], { env });
      },
    ]),
};
