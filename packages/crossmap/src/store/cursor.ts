import type { Page } from '../engine/ports.ts';

/** A place in a listing: rows are in the order of `position`, then of `id`. */
export interface Place {
  readonly position: number;
  readonly id: number;
}

/** The `after` of a query is not one that a listing gave. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

function cursorOf({ position, id }: Place): string {
  return Buffer.from(`${position}.${id}`).toString('base64url');
}

export function placeOf(cursor: string): Place {
  const [, position, id] = /^(\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (id === undefined) throw new InvalidCursor(`Expected a cursor of this listing, got \`${cursor}\``);
  return { position: Number(position), id: Number(id) };
}

/** Before and after every place. */
export const FIRST_PLACE: Place = { position: -1, id: -1 };
export const LAST_PLACE: Place = { position: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

/** For sorting: by position, then by id. */
export function inOrder(a: Place, b: Place): number {
  return a.position - b.position || a.id - b.id;
}

/** The first `limit` of what a listing found when asked for one more, and where to go on if there was one more. */
export function pageOf<F extends Place, T>(found: readonly F[], limit: number, item: (found: F) => T): Page<T> {
  const items = found.slice(0, limit).map(item);
  const last = found[limit - 1];
  return found.length > limit && last !== undefined ? { items, next: cursorOf(last) } : { items };
}
