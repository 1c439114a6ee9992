import type { Failure } from '../asl/failure.ts';
import { nameInArn } from '../engine/execution-record.ts';
import type { HistoryEvent } from '../engine/history.ts';
import type { ExecutionEnd, ExecutionQuery, ExecutionRecord, ExecutionStatus, Page } from '../engine/ports.ts';
import type { StartedChildren } from '../map-run/map-run.ts';
import { startedChildren } from '../map-run/started-children.ts';
import type { Database, SqlValue, Statement } from '../sqlite/database.ts';
import type { ArnTable } from './arn-table.ts';
import { FIRST_PLACE, inOrder, LAST_PLACE, type Place, pageOf, placeOf } from './cursor.ts';
import { packHistory, unpackHistory } from './packed-history.ts';
import { alreadyEnded, alreadyKept, arnBeforeName, checkContinues } from './refused-write.ts';

/** Their places are in data files. */
const STATUSES: readonly ExecutionStatus[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** Packed events are JSON without line breaks. */
const BETWEEN_WRITES = '\n';

const CHILDREN_PER_PAGE = 500;
const CHARACTERS_PER_PAGE = 1_048_576;

interface Row {
  readonly id: number;
  readonly arn_before_name: number;
  readonly name: string;
  readonly state_machine_arn: number;
  readonly role_arn: number;
  readonly revision: number | null;
  readonly listed_under: number;
  readonly status: number;
  readonly position: number;
  readonly item_count: number | null;
  readonly start_date: number;
  readonly stop_date: number | null;
  readonly input: string;
  readonly output: string | null;
  readonly failure: string | null;
}

/** A row without its history, which is longer than the rest. */
const COLUMNS = `id, arn_before_name, name, state_machine_arn, role_arn, revision, listed_under, status, position,
  item_count, start_date, stop_date, input, output, failure`;

/** A running execution: the number of its row, how many events are kept, whether `open_events` may hold some of them. */
interface Open {
  readonly id: number;
  readonly events: number;
  readonly continued: boolean;
}

/** Executions in SQLite. Holds a few numbers of each running execution in memory, nothing of ended ones. */
export class ExecutionTable {
  readonly #arns: ArnTable;
  readonly #open = new Map<string, Open>();
  #lastId: number;
  readonly #insert: Statement<unknown>;
  readonly #end: Statement<unknown>;
  readonly #insertEvents: Statement<unknown>;
  readonly #deleteEvents: Statement<unknown>;
  readonly #selectEvents: Statement<{ events: string }>;
  readonly #selectByName: Statement<Row>;
  readonly #selectHistory: Statement<{ history: string }>;
  readonly #selectById: Statement<Row>;
  readonly #newest: Statement<Place>;
  readonly #next: Statement<Place>;
  readonly #totals: Statement<{ readonly children: number; readonly items: number }>;
  readonly #positions: Statement<{ readonly position: number }>;

  constructor(database: Database, arns: ArnTable) {
    this.#arns = arns;
    this.#lastId = database.prepare<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM execution').get()!.id;
    this.#insert = database.prepare(
      `INSERT INTO execution (id, arn_before_name, name, state_machine_arn, role_arn, revision, listed_under, position,
         item_count, start_date, input, status, stop_date, output, failure, history)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#end = database.prepare(
      'UPDATE execution SET status = ?, stop_date = ?, output = ?, failure = ?, history = history || ? WHERE id = ?',
    );
    this.#insertEvents = database.prepare('INSERT INTO open_events (execution, first_event, events) VALUES (?, ?, ?)');
    this.#deleteEvents = database.prepare('DELETE FROM open_events WHERE execution = ?');
    this.#selectEvents = database.prepare('SELECT events FROM open_events WHERE execution = ? ORDER BY first_event');
    this.#selectByName = database.prepare(`SELECT ${COLUMNS} FROM execution WHERE arn_before_name = ? AND name = ?`);
    this.#selectById = database.prepare(`SELECT ${COLUMNS} FROM execution WHERE id = ?`);
    this.#selectHistory = database.prepare('SELECT history FROM execution WHERE id = ?');
    this.#totals = database.prepare(
      'SELECT count(*) AS children, coalesce(sum(item_count), 0) AS items FROM execution WHERE listed_under = ? AND status = ?',
    );
    this.#positions = database.prepare('SELECT position FROM execution WHERE listed_under = ? ORDER BY position');
    this.#newest = database.prepare(
      `SELECT position, id FROM execution WHERE listed_under = ? AND status = ? AND (position, id) < (?, ?)
       ORDER BY position DESC, id DESC LIMIT ?`,
    );
    this.#next = database.prepare(
      `SELECT position, id FROM execution WHERE listed_under = ? AND status = ? AND (position, id) > (?, ?)
       ORDER BY position, id LIMIT ?`,
    );
  }

  /** In a transaction. What it gives is to be run after the commit. */
  record(execution: ExecutionRecord, events: readonly HistoryEvent[]): () => void {
    const { executionArn } = execution;
    const open = this.#open.get(executionArn) ?? this.#reopened(executionArn, events);
    checkContinues(executionArn, open?.events ?? 0, events);
    const id = open?.id ?? ++this.#lastId;
    if (open === undefined) this.#create(id, execution, events);
    else if (execution.status !== 'RUNNING') {
      this.#end.run(...endColumns(execution), this.#continuation(open, packHistory(execution, events)), id);
      if (open.continued) this.#deleteEvents.run(id);
    } else if (events.length > 0) this.#insertEvents.run(id, events[0]!.id, packHistory(execution, events));
    if (execution.status !== 'RUNNING') return () => this.#open.delete(executionArn);
    const kept = (open?.events ?? 0) + events.length;
    return () => this.#open.set(executionArn, { id, events: kept, continued: open !== undefined });
  }

  get(executionArn: string): ExecutionRecord | undefined {
    const row = this.#row(executionArn);
    return row && this.#recordOf(row);
  }

  history(executionArn: string): readonly HistoryEvent[] | undefined {
    const row = this.#row(executionArn);
    return row && this.#eventsOf(row);
  }

  list({ of, status, limit, after }: ExecutionQuery): Page<ExecutionRecord> {
    const listing = this.#arns.idOf('mapRunArn' in of ? of.mapRunArn : of.stateMachineArn);
    const start = after === undefined ? LAST_PLACE : placeOf(after);
    if (listing === undefined) return { items: [] };
    const statuses = status === undefined ? STATUSES : [status];
    const places = statuses
      .flatMap((one) => this.#newest.all(listing, STATUSES.indexOf(one), start.position, start.id, limit + 1))
      .sort((a, b) => inOrder(b, a));
    return pageOf(places, limit, ({ id }) => this.#recordOf(this.#selectById.get(id)!));
  }

  startedChildren(mapRunArn: string): StartedChildren {
    const listing = this.#arns.idOf(mapRunArn);
    if (listing === undefined) return startedChildren([], []);
    const totals = STATUSES.flatMap((status, number) => {
      const { children, items } = this.#totals.get(listing, number)!;
      return children === 0 ? [] : [{ status, children, items }];
    });
    return startedChildren(this.#indexes(listing), totals);
  }

  *#indexes(listing: number): Generator<number> {
    for (const { position } of this.#positions.iterate(listing)) yield position;
  }

  async *children(mapRunArn: string, statuses: readonly ExecutionStatus[]): AsyncGenerator<ExecutionRecord[]> {
    let after = FIRST_PLACE;
    for (;;) {
      const rows = this.#childrenAfter(mapRunArn, statuses, after);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map((row) => this.#recordOf(row));
      after = last;
    }
  }

  #childrenAfter(mapRunArn: string, statuses: readonly ExecutionStatus[], { position, id }: Place): Row[] {
    const listing = this.#arns.idOf(mapRunArn);
    if (listing === undefined) return [];
    const places = statuses
      .flatMap((status) => this.#next.all(listing, STATUSES.indexOf(status), position, id, CHILDREN_PER_PAGE))
      .sort(inOrder);
    const rows: Row[] = [];
    let characters = 0;
    for (const place of places.slice(0, CHILDREN_PER_PAGE)) {
      const row = this.#selectById.get(place.id)!;
      rows.push(row);
      characters += row.input.length + (row.output?.length ?? 0);
      if (characters >= CHARACTERS_PER_PAGE) break;
    }
    return rows;
  }

  /** What the last write adds to the history of the first. */
  #continuation({ id, continued }: Open, last: string): string {
    const between = continued ? this.#selectEvents.all(id).map(({ events }) => events) : [];
    return ['', ...between, last].join(BETWEEN_WRITES);
  }

  #create(id: number, execution: ExecutionRecord, events: readonly HistoryEvent[]): void {
    const { executionArn, name, stateMachineArn, child, startDate } = execution;
    const before = arnBeforeName(executionArn, name);
    const { changes } = this.#insert.run(
      id,
      this.#arns.keep(before),
      name,
      this.#arns.keep(stateMachineArn),
      this.#arns.keep(execution.roleArn),
      execution.revisionId === undefined ? null : this.#arns.keep(execution.revisionId),
      this.#arns.keep(child === undefined ? stateMachineArn : child.mapRunArn),
      child === undefined ? startDate : child.index,
      child === undefined ? null : child.itemCount,
      startDate,
      execution.input,
      ...endColumns(execution),
      packHistory(execution, events),
    );
    if (changes === 0) throw alreadyKept(executionArn);
  }

  /** The running execution that these events continue when this process has not written to it yet. */
  #reopened(executionArn: string, events: readonly HistoryEvent[]): Open | undefined {
    if (events[0]?.id === 1) return undefined;
    const row = this.#row(executionArn);
    if (row === undefined) return undefined;
    const status = STATUSES[row.status]!;
    if (status !== 'RUNNING') throw alreadyEnded(executionArn, status);
    return { id: row.id, events: this.#eventsOf(row).length, continued: true };
  }

  #row(executionArn: string): Row | undefined {
    const name = nameInArn(executionArn);
    const before = this.#arns.idOf(executionArn.slice(0, executionArn.length - name.length));
    return before === undefined ? undefined : this.#selectByName.get(before, name);
  }

  #eventsOf(row: Row): HistoryEvent[] {
    const execution = this.#recordOf(row);
    const { history } = this.#selectHistory.get(row.id)!;
    if (execution.status === 'RUNNING') {
      const later = this.#selectEvents.all(row.id).map(({ events }) => events);
      return [history, ...later].flatMap((events) => unpackHistory(execution, events));
    }
    const writes = history.split(BETWEEN_WRITES);
    const last = unpackHistory(execution, writes.pop()!);
    const running = { ...execution, status: 'RUNNING' } as const;
    return writes.flatMap((events) => unpackHistory(running, events)).concat(last);
  }

  #recordOf(row: Row): ExecutionRecord {
    const execution = {
      executionArn: this.#arns.arnOf(row.arn_before_name) + row.name,
      stateMachineArn: this.#arns.arnOf(row.state_machine_arn),
      name: row.name,
      roleArn: this.#arns.arnOf(row.role_arn),
      startDate: row.start_date,
      input: row.input,
      ...(row.revision !== null && { revisionId: this.#arns.arnOf(row.revision) }),
      ...endOf(row),
    };
    if (row.item_count === null) return execution;
    const mapRunArn = this.#arns.arnOf(row.listed_under);
    return { ...execution, child: { mapRunArn, index: row.position, itemCount: row.item_count } };
  }
}

/** Status, stop date, output and failure. */
function endColumns(end: ExecutionEnd): SqlValue[] {
  const status = STATUSES.indexOf(end.status);
  switch (end.status) {
    case 'RUNNING':
      return [status, null, null, null];
    case 'SUCCEEDED':
      return [status, end.stopDate, end.output, null];
    default:
      return [status, end.stopDate, null, JSON.stringify({ error: end.error, cause: end.cause })];
  }
}

function endOf(row: Row): ExecutionEnd {
  const status = STATUSES[row.status]!;
  switch (status) {
    case 'RUNNING':
      return { status };
    case 'SUCCEEDED':
      return { status, stopDate: row.stop_date!, output: row.output! };
    default:
      return { status, stopDate: row.stop_date!, ...(JSON.parse(row.failure!) as Failure) };
  }
}
