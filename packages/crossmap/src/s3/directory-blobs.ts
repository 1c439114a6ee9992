import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore, BlobWriter } from './blob-store.ts';

/** Small writes are gathered up to this many bytes. */
const WRITE_SIZE = 256 * 1024;
const UNFINISHED = '.unfinished';

/**
 * Blobs as files of a directory, made when absent. A file gets its final name when its content is on the disk, so that
 * a name is never seen with half a blob.
 */
export async function directoryBlobs(directory: string): Promise<BlobStore> {
  await mkdir(directory, { recursive: true });
  const pathOf = (id: string) => join(directory, id);
  return {
    create: async () => {
      const id = randomUUID();
      return new FileWriter(directory, id, await open(`${pathOf(id)}${UNFINISHED}`, 'wx'));
    },
    read: (id, start, end) =>
      start === end ? nothing() : createReadStream(pathOf(id), { start, end: end - 1, highWaterMark: WRITE_SIZE }),
    remove: (id) => rm(pathOf(id), { force: true }),
    sweep: async (isLive) => {
      for await (const entry of await opendir(directory)) {
        if (!isLive(entry.name)) await rm(join(directory, entry.name), { force: true });
      }
    },
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

class FileWriter implements BlobWriter {
  readonly #directory: string;
  readonly #id: string;
  readonly #file: FileHandle;
  #gathered: Uint8Array[] = [];
  #size = 0;

  constructor(directory: string, id: string, file: FileHandle) {
    this.#directory = directory;
    this.#id = id;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#gathered.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= WRITE_SIZE) await this.#flush();
  }

  async finish(): Promise<string> {
    await this.#flush();
    await this.#file.sync();
    await this.#file.close();
    const path = join(this.#directory, this.#id);
    await rename(`${path}${UNFINISHED}`, path);
    await syncDirectory(this.#directory);
    return this.#id;
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(join(this.#directory, `${this.#id}${UNFINISHED}`), { force: true });
  }

  async #flush(): Promise<void> {
    const gathered = this.#gathered;
    this.#gathered = [];
    this.#size = 0;
    for (const bytes of gathered.length > 1 ? [Buffer.concat(gathered)] : gathered) await writeAll(this.#file, bytes);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}

/** Makes a rename durable. Windows cannot open directories and needs no such step. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
