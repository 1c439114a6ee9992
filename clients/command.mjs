import { spawn } from 'node:child_process';

/** Runs a program to its end and gives what it wrote to stdout. Rejects with the end of what it said when it fails. */
export function command(program, args, { env = {}, input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (bytes) => {
      stdout += bytes;
    });
    child.stderr.on('data', (bytes) => {
      stderr += bytes;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve(stdout);
      reject(new Error(`${program} ${args.join(' ')}: exit ${code}\n${stderr.slice(-1500) || stdout.slice(-1500)}`));
    });
    child.stdin.end(input);
  });
}

/** The first line that `program args` prints; `undefined` where it is not installed. */
export async function versionOf(program, ...args) {
  try {
    return (await command(program, args)).trim().split('\n')[0];
  } catch {
    return undefined;
  }
}
