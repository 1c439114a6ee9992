import type { HistoryEvent } from '../engine/history.ts';
import type {
  ActivityRecord,
  ExecutionQuery,
  ExecutionRecord,
  ExecutionStatus,
  ExecutionStore,
  Page,
  StateMachineRecord,
} from '../engine/ports.ts';
import type { MapRunRecord, MapRunStore, PendingChild, StartedChildren } from '../map-run/map-run.ts';
import type { Database, Synchronous } from '../sqlite/database.ts';
import { openDatabase } from '../sqlite/open.ts';
import { ActivityTable } from './activity-table.ts';
import { ArnTable } from './arn-table.ts';
import { GroupCommitter } from './commit.ts';
import { ExecutionTable } from './execution-table.ts';
import { MapRunTable } from './map-run-table.ts';
import { ensureSchema } from './schema.ts';
import { SpoolTable } from './spool-table.ts';
import { StateMachineTable } from './state-machine-table.ts';

type Write = { readonly key: string; readonly size: number } & (
  | { readonly kind: 'execution'; readonly execution: ExecutionRecord; readonly events: readonly HistoryEvent[] }
  | { readonly kind: 'state machine'; readonly machine: StateMachineRecord }
  | { readonly kind: 'activity'; readonly activity: ActivityRecord }
  | { readonly kind: 'deleted activity' }
  | { readonly kind: 'Map Run'; readonly run: MapRunRecord }
  | { readonly kind: 'cleared spool'; readonly mapRunArn: string }
  | { readonly kind: 'spool'; readonly mapRunArn: string; readonly children: readonly PendingChild[] }
);

/** Opens the data file at `path`, made when absent. Throws when it is not a Crossmap data file of this version. */
export async function openSqliteStore(path: string): Promise<SqliteStore> {
  const database = await openDatabase(path);
  try {
    return new SqliteStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Executions, state machines, activities and Map Runs in one SQLite database, which belongs to this store. */
export class SqliteStore implements ExecutionStore, MapRunStore {
  readonly #database: Database;
  readonly #arns: ArnTable;
  readonly #executions: ExecutionTable;
  readonly #machines: StateMachineTable;
  readonly #activities: ActivityTable;
  readonly #mapRuns: MapRunTable;
  readonly #spool: SpoolTable;
  readonly #committer: GroupCommitter<Write>;

  constructor(database: Database) {
    ensureSchema(database);
    this.#database = database;
    this.#arns = new ArnTable(database);
    this.#executions = new ExecutionTable(database, this.#arns);
    this.#machines = new StateMachineTable(database);
    this.#activities = new ActivityTable(database);
    this.#mapRuns = new MapRunTable(database);
    this.#spool = new SpoolTable(database, this.#arns);
    this.#committer = new GroupCommitter<Write>({
      transaction: (work) => this.#transaction(work),
      apply: (write) => this.#apply(write),
      join: joined,
    });
  }

  recordExecution(execution: ExecutionRecord, events: readonly HistoryEvent[]): Promise<void> {
    const key = execution.executionArn;
    return this.#committer.add({ kind: 'execution', key, size: Math.max(1, events.length), execution, events });
  }

  async execution(executionArn: string): Promise<ExecutionRecord | undefined> {
    return this.#executions.get(executionArn);
  }

  async history(executionArn: string): Promise<readonly HistoryEvent[] | undefined> {
    return this.#executions.history(executionArn);
  }

  async executions(query: ExecutionQuery): Promise<Page<ExecutionRecord>> {
    return this.#executions.list(query);
  }

  recordStateMachine(machine: StateMachineRecord): Promise<void> {
    return this.#committer.add({ kind: 'state machine', key: machine.stateMachineArn, size: 1, machine });
  }

  async stateMachine(stateMachineArn: string): Promise<StateMachineRecord | undefined> {
    return this.#machines.get(stateMachineArn);
  }

  async stateMachineRevision(
    stateMachineArn: string,
    revisionId: string | undefined,
  ): Promise<StateMachineRecord | undefined> {
    return this.#machines.revision(stateMachineArn, revisionId);
  }

  async stateMachines(arnPrefix: string, limit: number, after?: string): Promise<Page<StateMachineRecord>> {
    return this.#machines.list(arnPrefix, limit, after);
  }

  recordActivity(activity: ActivityRecord): Promise<void> {
    return this.#committer.add({ kind: 'activity', key: activity.activityArn, size: 1, activity });
  }

  deleteActivity(activityArn: string): Promise<void> {
    return this.#committer.add({ kind: 'deleted activity', key: activityArn, size: 1 });
  }

  async activities(arnPrefix: string, limit: number, after?: string): Promise<Page<ActivityRecord>> {
    return this.#activities.list(arnPrefix, limit, after);
  }

  recordMapRun(run: MapRunRecord): Promise<void> {
    return this.#committer.add({ kind: 'Map Run', key: run.mapRunArn, size: 1, run });
  }

  async mapRun(mapRunArn: string): Promise<MapRunRecord | undefined> {
    return this.#mapRuns.get(mapRunArn);
  }

  async mapRuns(executionArn: string): Promise<readonly MapRunRecord[]> {
    return this.#mapRuns.ofExecution(executionArn);
  }

  async runningMapRuns(): Promise<readonly MapRunRecord[]> {
    return this.#mapRuns.running();
  }

  clearSpool(mapRunArn: string): Promise<void> {
    return this.#committer.add({ kind: 'cleared spool', key: `cleared spool of ${mapRunArn}`, size: 1, mapRunArn });
  }

  async startedChildren(mapRunArn: string): Promise<StartedChildren> {
    return this.#executions.startedChildren(mapRunArn);
  }

  spoolChildren(mapRunArn: string, children: readonly PendingChild[]): Promise<void> {
    return this.#committer.add({
      kind: 'spool',
      key: `spool of ${mapRunArn}`,
      size: children.length,
      mapRunArn,
      children,
    });
  }

  spooledChildren(mapRunArn: string, from: number): AsyncIterable<readonly PendingChild[]> {
    return this.#spool.from(mapRunArn, from);
  }

  children(mapRunArn: string, statuses: readonly ExecutionStatus[]): AsyncIterable<readonly ExecutionRecord[]> {
    return this.#executions.children(mapRunArn, statuses);
  }

  /** The setting in force, read back from the database. */
  get synchronous(): Synchronous {
    return this.#database.synchronous();
  }

  /** How many commits were made since it was opened. */
  get commits(): number {
    return this.#committer.commits;
  }

  /** Size of the database in bytes, its write-ahead log not counted. */
  databaseBytes(): number {
    const sql = 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size';
    return this.#database.prepare<{ bytes: number }>(sql).get()!.bytes;
  }

  /** Commits what has gathered, then closes the database. Later writes are refused. */
  async close(): Promise<void> {
    this.#committer.close();
    this.#database.close();
  }

  #transaction(work: () => void): void {
    try {
      this.#database.transaction(work);
    } catch (error) {
      this.#arns.forget();
      throw error;
    }
  }

  #apply(write: Write): () => void {
    switch (write.kind) {
      case 'execution':
        return this.#executions.record(write.execution, write.events);
      case 'state machine':
        this.#machines.record(write.machine);
        return nothing;
      case 'activity':
        this.#activities.record(write.activity);
        return nothing;
      case 'deleted activity':
        this.#activities.delete(write.key);
        return nothing;
      case 'Map Run':
        this.#mapRuns.record(write.run);
        return nothing;
      case 'cleared spool':
        this.#spool.clear(write.mapRunArn);
        return nothing;
      case 'spool':
        this.#spool.add(write.mapRunArn, write.children);
        return nothing;
    }
  }
}

function nothing(): void {}

/** The later record holds; events and spooled children follow each other. */
function joined(first: Write, second: Write): Write | undefined {
  if (first.kind === 'execution' && second.kind === 'execution') {
    const continues =
      first.execution.status === 'RUNNING' && first.events.at(-1)?.id === (second.events[0]?.id ?? 0) - 1;
    return continues ? { ...second, events: first.events.concat(second.events) } : undefined;
  }
  if (first.kind === 'spool' && second.kind === 'spool') {
    return { ...second, children: first.children.concat(second.children) };
  }
  return second;
}
