import type { PendingChild } from '../map-run/map-run.ts';
import type { Database, Statement } from '../sqlite/database.ts';
import type { ArnTable } from './arn-table.ts';

const CHARACTERS_PER_CHUNK = 262_144;

interface Chunk {
  readonly first_child: number;
  readonly children: number;
  readonly sizes: string;
  readonly inputs: string;
}

/**
 * The inputs of children that wait, many in one row: their texts one after the other, and for each child how many
 * characters and items it has (`sizes`, a JSON array of both in turn).
 */
export class SpoolTable {
  readonly #arns: ArnTable;
  readonly #insert: Statement<unknown>;
  readonly #end: Statement<{ end: number }>;
  readonly #chunkWith: Statement<Chunk>;
  readonly #delete: Statement<unknown>;

  constructor(database: Database, arns: ArnTable) {
    this.#arns = arns;
    this.#insert = database.prepare(
      'INSERT INTO spool (map_run_arn, first_child, children, sizes, inputs) VALUES (?, ?, ?, ?, ?)',
    );
    this.#delete = database.prepare('DELETE FROM spool WHERE map_run_arn = ?');
    this.#end = database.prepare(
      `SELECT first_child + children AS end FROM spool WHERE map_run_arn = ? ORDER BY first_child DESC LIMIT 1`,
    );
    this.#chunkWith = database.prepare(
      `SELECT first_child, children, sizes, inputs FROM spool WHERE map_run_arn = ? AND first_child <= ?
       ORDER BY first_child DESC LIMIT 1`,
    );
  }

  /** In a transaction. */
  add(mapRunArn: string, children: readonly PendingChild[]): void {
    const mapRun = this.#arns.keep(mapRunArn);
    let first = this.#end.get(mapRun)?.end ?? 0;
    for (let from = 0; from < children.length; ) {
      const end = endOfChunk(children, from);
      const chunk = children.slice(from, end);
      const sizes = JSON.stringify(chunk.flatMap(({ input, itemCount }) => [input.length, itemCount]));
      this.#insert.run(mapRun, first, chunk.length, sizes, chunk.map(({ input }) => input).join(''));
      first += chunk.length;
      from = end;
    }
  }

  /** In a transaction. */
  clear(mapRunArn: string): void {
    const mapRun = this.#arns.idOf(mapRunArn);
    if (mapRun !== undefined) this.#delete.run(mapRun);
  }

  async *from(mapRunArn: string, child: number): AsyncGenerator<PendingChild[]> {
    for (let next = child; ; ) {
      const mapRun = this.#arns.idOf(mapRunArn);
      const chunk = mapRun === undefined ? undefined : this.#chunkWith.get(mapRun, next);
      if (chunk === undefined || chunk.first_child + chunk.children <= next) return;
      yield childrenOf(chunk).slice(next - chunk.first_child);
      next = chunk.first_child + chunk.children;
    }
  }
}

function endOfChunk(children: readonly PendingChild[], from: number): number {
  let end = from + 1;
  let characters = children[from]!.input.length;
  while (end < children.length) {
    characters += children[end]!.input.length;
    if (characters > CHARACTERS_PER_CHUNK) break;
    end++;
  }
  return end;
}

function childrenOf({ sizes, inputs }: Chunk): PendingChild[] {
  const numbers = JSON.parse(sizes) as number[];
  const children: PendingChild[] = [];
  let at = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    children.push({ input: inputs.slice(at, at + numbers[i]!), itemCount: numbers[i + 1]! });
    at += numbers[i]!;
  }
  return children;
}
