import type { ListedItem } from './output/earlier-list.ts';
import { compareKeys } from './strategy/key-order.ts';

/** An object with what became of it between two lists. One that is gone is as the earlier list has it. */
export type Changed = ListedItem & { readonly Change: 'new' | 'changed' | 'gone' };

/**
 * Two sorted lists compared, in one pass over each. An object has changed when its ETag has, or its size or time where
 * both lists have them: the same content written again has another time.
 */
export async function* delta(
  earlier: AsyncIterable<ListedItem>,
  later: AsyncIterable<ListedItem>,
): AsyncGenerator<Changed> {
  const [before, after] = [earlier[Symbol.asyncIterator](), later[Symbol.asyncIterator]()];
  let [old, current] = [await before.next(), await after.next()];
  while (!old.done || !current.done) {
    const order = old.done ? 1 : current.done ? -1 : compareKeys(old.value.Key, current.value.Key);
    if (order < 0 && !old.done) yield { ...old.value, Change: 'gone' };
    if (order > 0 && !current.done) yield { ...current.value, Change: 'new' };
    if (order === 0 && !old.done && !current.done && differs(old.value, current.value)) {
      yield { ...current.value, Change: 'changed' };
    }
    if (order <= 0) old = await before.next();
    if (order >= 0) current = await after.next();
  }
}

function differs(a: ListedItem, b: ListedItem): boolean {
  return (['ETag', 'Size', 'LastModified'] as const).some(
    (field) => a[field] !== undefined && b[field] !== undefined && a[field] !== b[field],
  );
}
