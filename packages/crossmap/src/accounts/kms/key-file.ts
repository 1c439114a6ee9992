import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from '../../s3/directory-blobs.ts';
import type { KmsKey } from './key.ts';
import type { KeyFile, KeyState } from './key-store.ts';

/** Its name in the data folder. It holds key material in the clear, for its owner's eyes only: mode 0600. */
export const KEY_FILE = 'keys.json';

const VERSION = 1;

/** Keys as one JSON file, which is replaced as a whole: a crash leaves the old one or the new one. */
export function keyFile(directory: string): KeyFile {
  const path = join(directory, KEY_FILE);
  let saved: Promise<void> = Promise.resolve();
  return {
    load: async () => {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { keys: [], aliases: [] };
        throw error;
      }
      const { version, keys, aliases } = JSON.parse(text) as { version: number } & Stored;
      if (version !== VERSION) throw new Error(`Expected keys of version ${VERSION} in ${path}, found ${version}`);
      return { keys: keys.map((key) => ({ ...key, material: Buffer.from(key.material, 'base64') })), aliases };
    },
    save: (state) => {
      const text = serialized(state);
      // One after the other, also after one that failed: its caller has been told.
      saved = saved.catch(() => {}).then(() => replace(path, text));
      return saved;
    },
  };
}

type StoredKey = Omit<KmsKey, 'material'> & { readonly material: string };
type Stored = { readonly keys: readonly StoredKey[]; readonly aliases: KeyState['aliases'] };

function serialized({ keys, aliases }: KeyState): string {
  const stored: Stored = {
    keys: keys.map((key) => ({ ...key, material: Buffer.from(key.material).toString('base64') })),
    aliases,
  };
  return JSON.stringify({ version: VERSION, ...stored });
}

async function replace(path: string, text: string): Promise<void> {
  const unfinished = `${path}.unfinished`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  await syncDirectory(dirname(path));
}
