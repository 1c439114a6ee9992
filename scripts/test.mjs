// Runs every compiled test file with node:test, one process per core, and prints one closing line:
// `N passed, M failed, K skipped`. Exit 1 if a test failed, a process died, or nothing ran.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A test process that runs longer hangs: it is ended and counts as failed. */
const LONGEST_RUN_MS = Number(process.env.LONGEST_RUN_MINUTES ?? 10) * 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const only = process.argv.slice(2);

/** The folders below `folder`, which hold one project each. */
function projectsIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

function testFiles(projects) {
  return projects
    .flatMap((project) => {
      const compiled = join(root, project, 'dist', 'test');
      try {
        return readdirSync(compiled, { recursive: true }).map((name) => join(compiled, name));
      } catch {
        return [];
      }
    })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => only.length === 0 || only.some((part) => file.includes(part)));
}

/** Deals the files out like cards, so that each process gets a share of every layer. */
function shares(files, count) {
  return Array.from({ length: count }, (_, n) => files.filter((_, i) => i % count === n)).filter((s) => s.length > 0);
}

function run(files, environment = {}) {
  const counts = { pass: 0, fail: 0, skipped: 0 };
  const child = spawn(process.execPath, ['--test-reporter=tap', join(root, 'scripts', 'test-process.mjs'), ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...environment },
    cwd: root,
  });
  const watchdog = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS);
  const failing = [];
  let depth = -1;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const total = /^# (pass|fail|skipped) (\d+)$/.exec(line);
    if (total) counts[total[1]] = Number(total[2]);
    if (/^# LOUD /.test(line)) console.log(line.slice(7));
    if (process.env.VERBOSE) console.log(line);
    const start = /^( *)not ok /.exec(line);
    if (start) {
      depth = start[1].length;
      failing.push('');
    }
    if (depth >= 0) failing.push(line);
    if (depth >= 0 && line.trim() === '...') depth = -1;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(watchdog);
      resolve({ counts, code, failing, files });
    });
  });
}

const files = testFiles([...projectsIn('packages'), ...projectsIn('examples'), 'access-vectors', 'conformance']).sort();
// The engine's own suites run once more with every execution folded anew from its stored history after each event.
const folded = files.filter((file) => /[\\/]test[\\/](engine|map-run)[\\/]/.test(file));
const results = await Promise.all(shares(files, Math.min(availableParallelism(), 4)).map((share) => run(share)));
if (folded.length > 0) results.push(await run(folded, { RESTART_EVERY_EVENT: '1' }));

let [passed, failed, skipped] = [0, 0, 0];
for (const { counts, code, failing, files } of results) {
  if (failing.length > 0) console.log(failing.join('\n'));
  passed += counts.pass;
  failed += counts.fail;
  skipped += counts.skipped;
  if (code !== 0 && counts.fail === 0) {
    failed += 1;
    console.log(`A test process ended with code ${code} before its summary. It ran:\n  ${files.join('\n  ')}`);
  }
}
if (passed === 0) console.log(`Expected tests to run, found ${files.length} compiled test files and no passing test`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
