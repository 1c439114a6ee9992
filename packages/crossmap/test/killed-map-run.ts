import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface MapRunOnDisk {
  /** A folder, empty at first. */
  readonly data: string;
  readonly items: number;
  readonly childType: 'STANDARD' | 'EXPRESS';
}

/** How often each item was run, over all processes. */
export type Ran = Map<number, number>;

/**
 * Runs a Map Run over processes that are killed after so many items each, one process after the other, and lets the last
 * one end. Gives how many items were run more than once: those in flight when a process was killed.
 */
export async function killedMapRun(
  run: MapRunOnDisk,
  kills: readonly number[],
): Promise<{ readonly kills: number; readonly runAgain: number }> {
  const ran: Ran = new Map();
  let killed = 0;
  for (const after of kills) {
    if (!(await interrupt(run, after, ran))) break;
    killed += 1;
  }
  await finish(run, ran);
  return { kills: killed, runAgain: [...ran.values()].filter((times) => times > 1).length };
}

/** Runs it, or goes on with it, until `after` items were run, and kills the process. Gives whether there were so many. */
export async function interrupt(run: MapRunOnDisk, after: number, ran: Ran): Promise<boolean> {
  return (await processUntil(after, run, ran)) === undefined;
}

/** Lets it go on to its end, in which every item has one child, one record in the result files, and is counted once. */
export async function finish(run: MapRunOnDisk, ran: Ran): Promise<void> {
  const { items } = run;
  const { record, mapRun, results } = (await processUntil(Number.POSITIVE_INFINITY, run, ran))!;
  assert.equal(record.status, 'SUCCEEDED', JSON.stringify(record));
  const all = { pending: 0, running: 0, succeeded: items, failed: 0, timedOut: 0, aborted: 0, total: items };
  const counts = (of: object) => Object.fromEntries(Object.keys(all).map((name) => [name, Reflect.get(of, name)]));
  assert.deepEqual(counts(mapRun.executionCounts), all);
  assert.deepEqual(counts(mapRun.itemCounts), all);
  assert.deepEqual(
    results.map(({ n }) => n).sort((a, b) => a - b),
    Array.from({ length: items }, (_, n) => n),
  );
  assert.equal(ran.size, items, 'every item ran');
}

interface End {
  readonly record: { readonly status: string };
  readonly mapRun: { readonly executionCounts: object; readonly itemCounts: object };
  readonly results: readonly { readonly n: number }[];
}

/** `undefined` when it was killed. */
async function processUntil(after: number, run: MapRunOnDisk, ran: Ran): Promise<End | undefined> {
  const script = fileURLToPath(new URL('./killed-map-run-child.js', import.meta.url));
  const child = spawn(process.execPath, [script, run.data, String(run.items), run.childType], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let [count, killed] = [0, false];
  let end: End | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const [, n] = /^ran (\d+)$/.exec(line) ?? [];
    if (line.startsWith('{')) end = JSON.parse(line) as End;
    if (n === undefined) continue;
    ran.set(Number(n), (ran.get(Number(n)) ?? 0) + 1);
    count += 1;
    if (count < after || killed) continue;
    killed = true;
    child.kill('SIGKILL');
  }
  if (end === undefined && !killed) throw new Error('The process ended by itself');
  return end;
}
