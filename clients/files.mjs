import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Writes `count` small files in folders of 100, each with its own content. Some names are not ASCII. */
export async function writeFiles(folder, count) {
  for (let n = 0; n < count; n += 1) {
    const directory = join(folder, `folder-${Math.floor(n / 100)}`);
    if (n % 100 === 0) await mkdir(directory, { recursive: true });
    const name = n % 10 === 0 ? `ünïcode ${n} +.txt` : `file-${n}.txt`;
    await writeFile(join(directory, name), `content of file ${n}\n`.repeat(1 + (n % 7)));
  }
}

/** A file of random-looking bytes without ever holding it. */
export async function writeLargeFile(path, mebibytes) {
  const file = await open(path, 'w');
  for (let n = 0; n < mebibytes; n += 1) {
    const seed = createHash('sha256').update(String(n)).digest();
    await file.write(Buffer.alloc(1024 * 1024, seed));
  }
  await file.close();
}

export async function sha256OfFile(path) {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes);
  return hash.digest('hex');
}

/** Throws unless both folders hold the same files with the same bytes. */
export async function sameFiles(expected, actual) {
  const [names, found] = await Promise.all([filesBelow(expected), filesBelow(actual)]);
  if (names.length !== found.length) throw new Error(`Expected ${names.length} files, found ${found.length}`);
  for (const name of names) {
    const [one, other] = await Promise.all([readFile(join(expected, name)), readFile(join(actual, name))]);
    if (!one.equals(other)) throw new Error(`${name} differs`);
  }
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

export function expectEqual(actual, expected, what) {
  if (actual !== expected)
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}
