import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { BlobStore, BlobWriter } from './blob-store.ts';

/** What stands between the content of an object and the bytes that are stored. */
export interface ObjectCipher {
  /** Blobs whose content is stored in its way. */
  blobs(store: BlobStore): BlobStore;
  /** Content that is stored in the index. */
  seal(content: Uint8Array): Uint8Array;
  /** Content from `start` to before `end` of what `seal` gave. */
  open(stored: Uint8Array, start: number, end: number): Uint8Array;
  /** The entity tag (hexadecimal) of content with this MD5. */
  etag(md5: string): string;
}

/** Content is stored as it is. */
export const PLAIN: ObjectCipher = {
  blobs: (store) => store,
  seal: (content) => content,
  open: (stored, start, end) => stored.subarray(start, end),
  etag: (md5) => md5,
};

const BLOCK = 16;

/**
 * Content under AES-256-CTR with the data key of an object, behind the counter block it begins with: any range can be
 * read by itself. The counter is drawn anew for each body, so that the parts of an object share a key. The entity tag is
 * no MD5 of the content, as S3's of such objects is not.
 */
export function aesCipher(key: Uint8Array): ObjectCipher {
  return {
    blobs: (store) => ({
      create: async () => {
        const counter = randomBytes(BLOCK);
        const writer = await store.create();
        await writer.write(counter);
        return sealing(writer, keystream(key, counter, 0));
      },
      read: (id, start, end) => opened(store, id, { key, start, end }),
      remove: (id) => store.remove(id),
      sweep: (isLive) => store.sweep(isLive),
    }),
    seal(content) {
      const counter = randomBytes(BLOCK);
      return Buffer.concat([counter, keystream(key, counter, 0)(content)]);
    },
    open(stored, start, end) {
      return keystream(key, stored.subarray(0, BLOCK), start)(stored.subarray(BLOCK + start, BLOCK + end));
    },
    etag: (md5) => createHmac('md5', key).update(md5).digest('hex'),
  };
}

function sealing(writer: BlobWriter, encrypt: (content: Uint8Array) => Uint8Array): BlobWriter {
  return {
    write: (content) => writer.write(encrypt(content)),
    finish: () => writer.finish(),
    discard: () => writer.discard(),
  };
}

async function* opened(
  store: BlobStore,
  id: string,
  { key, start, end }: { readonly key: Uint8Array; readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const counter: Uint8Array[] = [];
  for await (const bytes of store.read(id, 0, BLOCK)) counter.push(bytes);
  const decrypt = keystream(key, Buffer.concat(counter), start);
  for await (const bytes of store.read(id, BLOCK + start, BLOCK + end)) yield decrypt(bytes);
}

/** Encrypts or decrypts, which is the same, what follows from byte `position` of the content on. */
function keystream(key: Uint8Array, counter: Uint8Array, position: number): (bytes: Uint8Array) => Uint8Array {
  const blocks = Math.floor(position / BLOCK);
  const cipher = createCipheriv('aes-256-ctr', key, advanced(counter, blocks));
  cipher.update(Buffer.alloc(position - blocks * BLOCK));
  return (bytes) => cipher.update(bytes);
}

/** The counter block after so many blocks: a number of 128 bits, big-endian, that wraps around. */
function advanced(counter: Uint8Array, blocks: number): Buffer {
  const sum = BigInt(`0x${Buffer.from(counter).toString('hex')}`) + BigInt(blocks);
  return Buffer.from(
    BigInt.asUintN(8 * BLOCK, sum)
      .toString(16)
      .padStart(2 * BLOCK, '0'),
    'hex',
  );
}
