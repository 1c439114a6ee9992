import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface KilledMapRun {
  /** An empty folder. */
  readonly data: string;
  readonly items: number;
  readonly childType: 'STANDARD' | 'EXPRESS';
  /** After how many runs of an item each process is killed, one process after the other; the last one is let be. */
  readonly kills: readonly number[];
}

/** How often items were run more than once: what was in flight when a process was killed runs again. */
export interface KilledFigures {
  readonly kills: number;
  readonly runAgain: number;
}

/**
 * Runs a Map Run over processes that are killed, and checks what the last one leaves: every item has one child, one
 * record in the result files, and is counted once.
 */
export async function killedMapRun({ data, items, childType, kills }: KilledMapRun): Promise<KilledFigures> {
  const ran = new Map<number, number>();
  let killed = 0;
  for (const after of [...kills, Number.POSITIVE_INFINITY]) {
    const end = await processUntil(after, [data, String(items), childType], ran);
    if (end === undefined) {
      killed += 1;
      continue;
    }
    const { record, mapRun, results } = end;
    assert.equal(record.status, 'SUCCEEDED', JSON.stringify(record));
    const all = { pending: 0, running: 0, succeeded: items, failed: 0, timedOut: 0, aborted: 0, total: items };
    const counts = (of: object) => Object.fromEntries(Object.keys(all).map((name) => [name, Reflect.get(of, name)]));
    assert.deepEqual(counts(mapRun.executionCounts), all);
    assert.deepEqual(counts(mapRun.itemCounts), all);
    assert.deepEqual(
      results.map(({ n }) => n).sort((a, b) => a - b),
      Array.from({ length: items }, (_, n) => n),
    );
    break;
  }
  assert.equal(ran.size, items, 'every item ran');
  return { kills: killed, runAgain: [...ran.values()].filter((times) => times > 1).length };
}

interface End {
  readonly record: { readonly status: string };
  readonly mapRun: { readonly executionCounts: object; readonly itemCounts: object };
  readonly results: readonly { readonly n: number }[];
}

/** `undefined` when it was killed. */
async function processUntil(
  after: number,
  args: readonly string[],
  ran: Map<number, number>,
): Promise<End | undefined> {
  const script = fileURLToPath(new URL('./killed-map-run-child.js', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
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
