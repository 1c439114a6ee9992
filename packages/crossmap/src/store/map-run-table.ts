import type { MapRunRecord } from '../map-run/map-run.ts';
import type { Database, Statement } from '../sqlite/database.ts';

interface Row {
  readonly record: string;
}

/** Map Runs in SQLite: the record as JSON text, beside what it is found by. */
export class MapRunTable {
  readonly #upsert: Statement<unknown>;
  readonly #select: Statement<Row>;
  readonly #ofExecution: Statement<Row>;
  readonly #running: Statement<Row>;

  constructor(database: Database) {
    this.#upsert = database.prepare(
      `INSERT INTO map_run (map_run_arn, execution_arn, start_date, record) VALUES (?, ?, ?, ?)
       ON CONFLICT (map_run_arn) DO UPDATE SET record = excluded.record`,
    );
    this.#select = database.prepare('SELECT record FROM map_run WHERE map_run_arn = ?');
    this.#running = database.prepare(`SELECT record FROM map_run WHERE record ->> '$.status' = 'RUNNING'`);
    this.#ofExecution = database.prepare('SELECT record FROM map_run WHERE execution_arn = ? ORDER BY start_date, id');
  }

  record(run: MapRunRecord): void {
    this.#upsert.run(run.mapRunArn, run.executionArn, run.startDate, JSON.stringify(run));
  }

  get(mapRunArn: string): MapRunRecord | undefined {
    const row = this.#select.get(mapRunArn);
    return row && recordOf(row);
  }

  running(): MapRunRecord[] {
    return this.#running.all().map(recordOf);
  }

  ofExecution(executionArn: string): MapRunRecord[] {
    return this.#ofExecution.all(executionArn).map(recordOf);
  }
}

function recordOf({ record }: Row): MapRunRecord {
  return JSON.parse(record) as MapRunRecord;
}
