import type { Database, Statement } from '../sqlite/database.ts';

const REMEMBERED = 1_000;

/** The numbers of the ARNs that many rows share. Remembers a bounded number of them. */
export class ArnTable {
  readonly #ids = new Map<string, number>();
  readonly #arns = new Map<number, string>();
  readonly #selectId: Statement<{ id: number }>;
  readonly #selectArn: Statement<{ arn: string }>;
  readonly #insert: Statement<unknown>;

  constructor(database: Database) {
    this.#selectId = database.prepare('SELECT id FROM arn WHERE arn = ?');
    this.#selectArn = database.prepare('SELECT arn FROM arn WHERE id = ?');
    this.#insert = database.prepare('INSERT INTO arn (arn) VALUES (?)');
  }

  /** The number of an ARN that is kept. */
  idOf(arn: string): number | undefined {
    const remembered = this.#ids.get(arn);
    if (remembered !== undefined) return remembered;
    const row = this.#selectId.get(arn);
    if (row !== undefined) this.#remember(row.id, arn);
    return row?.id;
  }

  /** The number of an ARN, which is kept from now on. Only inside a transaction. */
  keep(arn: string): number {
    const known = this.idOf(arn);
    if (known !== undefined) return known;
    this.#insert.run(arn);
    return this.idOf(arn)!;
  }

  arnOf(id: number): string {
    const remembered = this.#arns.get(id);
    if (remembered !== undefined) return remembered;
    const { arn } = this.#selectArn.get(id)!;
    this.#remember(id, arn);
    return arn;
  }

  /** To be called when a transaction that may have kept ARNs is rolled back. */
  forget(): void {
    this.#ids.clear();
    this.#arns.clear();
  }

  #remember(id: number, arn: string): void {
    if (this.#ids.size >= REMEMBERED) this.forget();
    this.#ids.set(arn, id);
    this.#arns.set(id, arn);
  }
}
