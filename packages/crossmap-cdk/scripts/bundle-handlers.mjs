// Bundles each Lambda handler with esbuild into lib/handlers/<name>/index.js, which the constructs deploy as it is.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const target = join(root, 'lib/handlers');

const folders = (await readdir(join(root, 'handlers'), { withFileTypes: true })).filter((entry) => entry.isDirectory());
await rm(target, { recursive: true, force: true });
for (const { name } of folders) {
  const outdir = join(target, name);
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: [join(root, 'handlers', name, 'handler.ts')],
    outfile: join(outdir, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['@aws-sdk/*'],
    // Of Crossmap only the lister is bundled: it imports nothing but Node.js.
    alias: { 'crossmap-listing': join(root, '../crossmap/src/listing') },
    tsconfigRaw: {},
    absWorkingDir: root,
    logLevel: 'warning',
  });
}
