import type { BlobStore } from './blob-store.ts';

/** Blobs in memory, for tests and for data that need not outlive the process. */
export function memoryBlobs(): BlobStore {
  const blobs = new Map<string, readonly Uint8Array[]>();
  let created = 0;
  return {
    create: async () => {
      const chunks: Uint8Array[] = [];
      return {
        write: async (bytes) => void chunks.push(new Uint8Array(bytes)),
        finish: async () => {
          created += 1;
          blobs.set(String(created), chunks);
          return String(created);
        },
        discard: async () => {},
      };
    },
    read: (id, start, end) => slice(blobs.get(id), id, start, end),
    remove: async (id) => void blobs.delete(id),
    sweep: async (isLive) => {
      for (const id of blobs.keys()) if (!isLive(id)) blobs.delete(id);
    },
  };
}

async function* slice(chunks: readonly Uint8Array[] | undefined, id: string, start: number, end: number) {
  if (chunks === undefined) throw new Error(`Expected a blob ${id}, found none`);
  let position = 0;
  for (const chunk of chunks) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, chunk.length);
    if (from < to) yield chunk.subarray(from, to);
    position += chunk.length;
  }
}
