import type { ActivityRecord, Page } from '../engine/ports.ts';
import type { Database, Statement } from '../sqlite/database.ts';
import { FIRST_PLACE, type Place, pageOf, placeOf } from './cursor.ts';

interface Row {
  readonly id: number;
  readonly activity_arn: string;
  readonly name: string;
  readonly creation_date: number;
}

/** Activities in SQLite. */
export class ActivityTable {
  readonly #upsert: Statement<unknown>;
  readonly #delete: Statement<unknown>;
  readonly #next: Statement<Row & Place>;

  constructor(database: Database) {
    this.#upsert = database.prepare(
      `INSERT INTO activity (activity_arn, name, creation_date) VALUES (?, ?, ?)
       ON CONFLICT (activity_arn) DO UPDATE SET name = excluded.name, creation_date = excluded.creation_date`,
    );
    this.#delete = database.prepare('DELETE FROM activity WHERE activity_arn = ?');
    this.#next = database.prepare(
      `SELECT *, creation_date AS position FROM activity WHERE substr(activity_arn, 1, length(?1)) = ?1 AND (creation_date, id) > (?2, ?3)
       ORDER BY creation_date, id LIMIT ?4`,
    );
  }

  record({ activityArn, name, creationDate }: ActivityRecord): void {
    this.#upsert.run(activityArn, name, creationDate);
  }

  delete(activityArn: string): void {
    this.#delete.run(activityArn);
  }

  list(arnPrefix: string, limit: number, after?: string): Page<ActivityRecord> {
    const start = after === undefined ? FIRST_PLACE : placeOf(after);
    const rows = this.#next.all(arnPrefix, start.position, start.id, limit + 1);
    return pageOf(rows, limit, recordOf);
  }
}

function recordOf(row: Row): ActivityRecord {
  return { activityArn: row.activity_arn, name: row.name, creationDate: row.creation_date };
}
