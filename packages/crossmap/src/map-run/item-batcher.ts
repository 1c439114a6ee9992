import { MAX_PAYLOAD_BYTES, utf8Size } from '../asl/json.ts';
import type { Item, MapRunPlan } from '../engine/map-run-plan.ts';
import type { PendingChild } from './map-run.ts';

/** An item that no child can take because its input would be over the payload limit. */
export class ItemTooLarge extends Error {}

/**
 * The inputs of the children, from items in order. Without a batcher each item is an input. With one, an input is
 * `{"BatchInput", "Items"}`; a batch closes at `maxItems`, and before the item that would take its input over `maxBytes`.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
 */
export async function* childInputs(
  items: AsyncIterable<readonly Item[]>,
  { batch, selectItem }: Pick<MapRunPlan, 'batch' | 'selectItem'>,
): AsyncGenerator<readonly PendingChild[]> {
  const batcher = batch === undefined ? undefined : new Batcher(batch);
  for await (const group of items) {
    const children: PendingChild[] = [];
    for (const item of group) {
      const text = JSON.stringify(await selectItem(item));
      if (batcher === undefined) children.push(single(text, item.index));
      else batcher.add(text, item.index, children);
    }
    if (children.length > 0) yield children;
  }
  const last = batcher?.close();
  if (last !== undefined) yield [last];
}

function single(text: string, index: number): PendingChild {
  if (utf8Size(text) > MAX_PAYLOAD_BYTES) throw tooLarge(index, MAX_PAYLOAD_BYTES);
  return { input: text, itemCount: 1 };
}

function tooLarge(index: number, limit: number): ItemTooLarge {
  return new ItemTooLarge(
    `The input of a child workflow execution for item ${index} alone is over the limit of ${limit} bytes.`,
  );
}

class Batcher {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #head: string;
  readonly #emptySize: number;
  #texts: string[] = [];
  #size: number;

  constructor({ maxItems, maxBytes, input }: NonNullable<MapRunPlan['batch']>) {
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
    this.#head = input === undefined ? '{"Items":[' : `{"BatchInput":${JSON.stringify(input)},"Items":[`;
    this.#emptySize = utf8Size(this.#head) + 2;
    this.#size = this.#emptySize;
  }

  add(text: string, index: number, closed: PendingChild[]): void {
    const size = utf8Size(text);
    if (this.#emptySize + size > this.#maxBytes) throw tooLarge(index, this.#maxBytes);
    if (this.#texts.length > 0 && this.#size + size + 1 > this.#maxBytes) this.#closeInto(closed);
    this.#size += size + (this.#texts.length > 0 ? 1 : 0);
    this.#texts.push(text);
    if (this.#texts.length >= this.#maxItems) this.#closeInto(closed);
  }

  /** The open batch, if it holds anything. */
  close(): PendingChild | undefined {
    if (this.#texts.length === 0) return undefined;
    const child = { input: `${this.#head}${this.#texts.join(',')}]}`, itemCount: this.#texts.length };
    this.#texts = [];
    this.#size = this.#emptySize;
    return child;
  }

  #closeInto(closed: PendingChild[]): void {
    const child = this.close();
    if (child !== undefined) closed.push(child);
  }
}
