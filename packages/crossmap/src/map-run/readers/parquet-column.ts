import { type AsyncBuffer, type FileMetaData, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Json } from '../../asl/json.ts';
import { ParquetTexts } from './parquet-texts.ts';
import { PARSERS, valueToJson } from './parquet-values.ts';

/** A row group: which one it is, its first row in the file, how many rows it has. */
export interface RowGroupPlace {
  readonly number: number;
  readonly rowStart: number;
  readonly count: number;
}

/**
 * The values of one column of a row group, in order, made JSON as they are asked for: those of a page are there while its
 * rows are read. What has a dictionary, whose values are shared, or is no flat column is decoded at once.
 */
export class ParquetColumn {
  readonly name: string;
  readonly #file: AsyncBuffer;
  readonly #metadata: FileMetaData;
  readonly #place: RowGroupPlace;
  readonly #paged: boolean;
  /** Those of a column that is read page by page: its values are their numbers. */
  #texts = new ParquetTexts();
  #part: ArrayLike<unknown> = [];
  /** The row of the first value of the part. */
  #from = 0;
  readonly #laterParts: ArrayLike<unknown>[] = [];

  constructor(file: AsyncBuffer, metadata: FileMetaData, place: RowGroupPlace, name: string) {
    this.name = name;
    this.#file = remembering(file);
    this.#metadata = metadata;
    this.#place = place;
    this.#paged = isPaged(metadata, place.number, name);
  }

  /** Goes on to `row`, and says up to which row there are values. Throws when the column has fewer than its group. */
  async valuesFrom(row: number): Promise<number> {
    while (row >= this.#from + this.#part.length) {
      this.#from += this.#part.length;
      if (this.#laterParts.length === 0) await this.#read(this.#from);
      this.#part = this.#laterParts.shift() ?? [];
    }
    return this.#from + this.#part.length;
  }

  /** The value of a row that `valuesFrom` said is there. */
  at(row: number): Json {
    const value = this.#part[row - this.#from];
    return typeof value === 'number' && this.#texts.count > 0 ? this.#texts.at(value) : valueToJson(value);
  }

  async #read(row: number): Promise<void> {
    const { rowStart, count } = this.#place;
    // A page that ends right before the first row that is wanted would be decoded too: the second one is asked for.
    const wanted = this.#paged && row > 0 && row + 1 < count ? row + 1 : row;
    let found = row;
    const texts = new ParquetTexts();
    this.#texts = texts;
    await parquetRead({
      file: this.#file,
      metadata: this.#metadata,
      columns: [this.name],
      rowStart: rowStart + wanted,
      rowEnd: rowStart + (this.#paged ? wanted + 1 : count),
      compressors,
      parsers: this.#paged ? { ...PARSERS, stringFromBytes: (text) => text && texts.keep(text) } : PARSERS,
      geoparquet: false,
      onChunk: ({ columnData, rowStart: at }) => {
        const part = columnData.slice(Math.max(0, rowStart + row - at));
        if (part.length > 0) this.#laterParts.push(part);
        found += part.length;
      },
    });
    if (found === row || found > count) {
      throw new Error(`expected ${count} values in a column, found ${found}`);
    }
  }
}

/** Whether a column is read page by page: a flat one without a dictionary. */
function isPaged({ schema, row_groups }: FileMetaData, group: number, name: string): boolean {
  const element = schema.find((each) => each.name === name && each.num_children === undefined);
  const chunk = row_groups[group]?.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data;
  if (element === undefined || chunk === undefined || chunk.path_in_schema.length > 1) return false;
  return element.repetition_type !== 'REPEATED' && !chunk.encodings.some((encoding) => /DICTIONARY/.test(encoding));
}

/** The file, of which the part that was read last is read once. */
function remembering(file: AsyncBuffer): AsyncBuffer {
  let last: { readonly part: string; readonly bytes: ReturnType<AsyncBuffer['slice']> } | undefined;
  return {
    byteLength: file.byteLength,
    slice(from, to) {
      const part = `${from} ${to}`;
      if (last?.part !== part) last = { part, bytes: file.slice(from, to) };
      return last.bytes;
    },
  };
}
