// `npm run clients [-- NAME …] [--files N] [--large MB]`: the S3 operations by clients that others wrote, against
// `crossmap serve`. A client that is not installed is skipped loudly. Not part of `npm test`: a fresh machine has none.
// Closing line: `N passed, N failed, N skipped`; exit 1 when a check failed or none ran.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { awsCli } from './aws-cli.mjs';
import { boto3 } from './boto3.mjs';
import { rclone } from './rclone.mjs';
import { s5cmd } from './s5cmd.mjs';
import { sdk } from './sdk.mjs';
import { serve } from './serve.mjs';

const clients = { sdk, 'aws-cli': awsCli, boto3, rclone, s5cmd };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { files: { type: 'string', default: '10000' }, large: { type: 'string', default: '1024' } },
});
for (const name of positionals) {
  if (clients[name] === undefined) {
    console.error(`Expected some of: ${Object.keys(clients).join(', ')}; got \`${name}\``);
    process.exit(2);
  }
}
const folder = await mkdtemp(join(tmpdir(), 'crossmap-clients-'));
const server = await serve(folder);
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const [name, client] of Object.entries(clients)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const version = await client.version();
    const size = { files: Number(values.files), largeMiB: Number(values.large) };
    const checks = client.checks({ ...server, ...size, folder: join(folder, name), bucket: `clients-${name}` });
    if (version === undefined) {
      counts.skipped += checks.length;
      console.log(`SKIPPED ${name}: not installed, ${checks.length} checks not run`);
      continue;
    }
    console.log(`${name} ${version}`);
    for (const [title, check] of checks) {
      const started = performance.now();
      const problem = await check().then(
        () => undefined,
        (error) => error,
      );
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      counts[problem === undefined ? 'passed' : 'failed'] += 1;
      console.log(`  ${problem === undefined ? 'ok    ' : 'FAILED'} ${title} (${seconds} s)`);
      if (problem !== undefined)
        console.log(`         ${String(problem.message ?? problem).replaceAll('\n', '\n         ')}`);
    }
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
