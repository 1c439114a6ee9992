import type { ExecutionRecord, ExecutionStatus } from '../../src/engine/ports.ts';
import type { MapRunRecord, MapRunStore, PendingChild, StartedChildren } from '../../src/map-run/map-run.ts';
import { startedChildren } from '../../src/map-run/started-children.ts';
import { MemoryExecutions } from '../engine/memory-executions.ts';

/** Executions and Map Runs in memory, for tests of Map Runs alone. Gives two children at a time. */
export class MemoryMapRuns extends MemoryExecutions implements MapRunStore {
  /** Every record of every Map Run, in the order written. */
  readonly written: MapRunRecord[] = [];
  readonly spools = new Map<string, PendingChild[]>();

  async recordMapRun(run: MapRunRecord): Promise<void> {
    this.written.push(run);
  }

  async mapRun(mapRunArn: string): Promise<MapRunRecord | undefined> {
    return this.written.findLast((run) => run.mapRunArn === mapRunArn);
  }

  async mapRuns(executionArn: string): Promise<readonly MapRunRecord[]> {
    const latest = new Map(this.written.map((run) => [run.mapRunArn, run]));
    return [...latest.values()].filter((run) => run.executionArn === executionArn);
  }

  async runningMapRuns(): Promise<readonly MapRunRecord[]> {
    const latest = new Map(this.written.map((run) => [run.mapRunArn, run]));
    return [...latest.values()].filter(({ status }) => status === 'RUNNING');
  }

  async clearSpool(mapRunArn: string): Promise<void> {
    this.spools.delete(mapRunArn);
  }

  async startedChildren(mapRunArn: string): Promise<StartedChildren> {
    const children = [...this.records.values()].filter(({ child }) => child?.mapRunArn === mapRunArn);
    const indexes = children.map(({ child }) => child?.index ?? 0).sort((a, b) => a - b);
    const totals = children.map(({ status, child }) => ({ status, children: 1, items: child?.itemCount ?? 0 }));
    return startedChildren(indexes, totals);
  }

  async spoolChildren(mapRunArn: string, children: readonly PendingChild[]): Promise<void> {
    this.spools.set(mapRunArn, [...(this.spools.get(mapRunArn) ?? []), ...children]);
  }

  spooledChildren(mapRunArn: string, from: number): AsyncGenerator<readonly PendingChild[]> {
    return inPairs((this.spools.get(mapRunArn) ?? []).slice(from));
  }

  children(mapRunArn: string, statuses: readonly ExecutionStatus[]): AsyncGenerator<readonly ExecutionRecord[]> {
    const children = [...this.records.values()].filter(
      ({ child, status }) => child?.mapRunArn === mapRunArn && statuses.includes(status),
    );
    return inPairs(children.sort((a, b) => (a.child?.index ?? 0) - (b.child?.index ?? 0)));
  }
}

async function* inPairs<T>(values: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let from = 0; from < values.length; from += 2) yield values.slice(from, from + 2);
}
