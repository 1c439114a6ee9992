import type { Page, StateMachineRecord } from '../engine/ports.ts';
import type { Database, Statement } from '../sqlite/database.ts';
import { FIRST_PLACE, type Place, pageOf, placeOf } from './cursor.ts';

interface Row {
  readonly id: number;
  readonly state_machine_arn: string;
  readonly name: string;
  readonly definition: string;
  readonly role_arn: string;
  readonly type: StateMachineRecord['type'];
  readonly creation_date: number;
  readonly logging_configuration: string;
  readonly revision_id: string | null;
}

/** State machines in SQLite. */
export class StateMachineTable {
  readonly #upsert: Statement<unknown>;
  readonly #insertRevision: Statement<unknown>;
  readonly #selectRevision: Statement<Pick<Row, 'definition' | 'role_arn'>>;
  readonly #select: Statement<Row>;
  readonly #next: Statement<Row & Place>;

  constructor(database: Database) {
    this.#upsert = database.prepare(
      `INSERT INTO state_machine
         (state_machine_arn, name, definition, role_arn, type, creation_date, logging_configuration, revision_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (state_machine_arn) DO UPDATE SET name = excluded.name, definition = excluded.definition,
         role_arn = excluded.role_arn, type = excluded.type, creation_date = excluded.creation_date,
         logging_configuration = excluded.logging_configuration, revision_id = excluded.revision_id`,
    );
    this.#insertRevision = database.prepare('INSERT OR IGNORE INTO state_machine_revision VALUES (?, ?, ?, ?)');
    this.#selectRevision = database.prepare(
      'SELECT definition, role_arn FROM state_machine_revision WHERE state_machine_arn = ? AND revision_id = ?',
    );
    this.#select = database.prepare('SELECT * FROM state_machine WHERE state_machine_arn = ?');
    this.#next = database.prepare(
      `SELECT *, creation_date AS position FROM state_machine WHERE substr(state_machine_arn, 1, length(?1)) = ?1 AND (creation_date, id) > (?2, ?3)
       ORDER BY creation_date, id LIMIT ?4`,
    );
  }

  record(machine: StateMachineRecord): void {
    const { stateMachineArn, name, definition, roleArn, type, creationDate } = machine;
    const logging = JSON.stringify(machine.loggingConfiguration);
    const { revisionId = null } = machine;
    this.#insertRevision.run(stateMachineArn, revisionId ?? '', definition, roleArn);
    this.#upsert.run(stateMachineArn, name, definition, roleArn, type, creationDate, logging, revisionId);
  }

  get(stateMachineArn: string): StateMachineRecord | undefined {
    const row = this.#select.get(stateMachineArn);
    return row && recordOf(row);
  }

  revision(stateMachineArn: string, revisionId: string | undefined): StateMachineRecord | undefined {
    const current = this.get(stateMachineArn);
    const revision = this.#selectRevision.get(stateMachineArn, revisionId ?? '');
    if (current === undefined || revision === undefined) return undefined;
    const { revisionId: _, ...others } = current;
    const { definition, role_arn: roleArn } = revision;
    return { ...others, definition, roleArn, ...(revisionId !== undefined && { revisionId }) };
  }

  list(arnPrefix: string, limit: number, after?: string): Page<StateMachineRecord> {
    const start = after === undefined ? FIRST_PLACE : placeOf(after);
    const rows = this.#next.all(arnPrefix, start.position, start.id, limit + 1);
    return pageOf(rows, limit, recordOf);
  }
}

function recordOf(row: Row): StateMachineRecord {
  return {
    stateMachineArn: row.state_machine_arn,
    name: row.name,
    definition: row.definition,
    roleArn: row.role_arn,
    type: row.type,
    creationDate: row.creation_date,
    loggingConfiguration: JSON.parse(row.logging_configuration) as StateMachineRecord['loggingConfiguration'],
    ...(row.revision_id !== null && { revisionId: row.revision_id }),
  };
}
