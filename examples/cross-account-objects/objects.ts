import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Key → the file on disk that holds the object's content. */
export type Objects = ReadonlyMap<string, string>;

/** What keys may hold and programs get wrong: spaces, `+`, `%`, `#`, quotes, ten scripts, an astral character. */
const UNUSUAL_KEYS = [
  'unusual/two  spaces and a trailing one ',
  'unusual/a+b=c&d.txt',
  'unusual/100%25 of %2F.txt',
  'unusual/#1?x;y.txt',
  `unusual/"double" and 'single'.txt`,
  'unusual/<xml>&amp;.txt',
  'unusual/Ünïcödé/Ελληνικά.txt',
  'unusual/кириллица/עברית.txt',
  'unusual/العربية.txt',
  'unusual/हिन्दी/ไทย.txt',
  'unusual/日本語/ひらがな.txt',
  'unusual/한국어.txt',
  'unusual/🦀 astral 𝒳.txt',
];

const library = dirname(createRequire(import.meta.url).resolve('aws-cdk-lib/package.json'));

/** The files of the installed aws-cdk-lib's service modules (`aws-*`), by their path, and one under each unusual key. */
export function installedFiles(): Objects {
  const files = readdirSync(library)
    .filter((folder) => folder.startsWith('aws-'))
    .flatMap((folder) => readdirSync(join(library, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const named = files.map((file) => [file.slice(library.length + 1).replaceAll(sep, '/'), file] as const);
  const unusual = UNUSUAL_KEYS.map((key, i) => [key, files[i % files.length] ?? ''] as const);
  return new Map([...named, ...unusual]);
}

/** Puts every object, some at a time, until the signal says stop. */
export async function fillBucket(s3: S3Client, bucket: string, objects: Objects, stop?: AbortSignal): Promise<void> {
  const queue = objects.entries();
  const put = async () => {
    for (const [Key, file] of queue) {
      if (stop?.aborted) return;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: readFileSync(file) }));
    }
  };
  await Promise.all(Array.from({ length: 16 }, put));
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
