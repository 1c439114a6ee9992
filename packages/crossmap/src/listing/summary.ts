import type { ObjectPage } from './page.ts';

export interface Total {
  objects: number;
  bytes: number;
}

export interface ListSummary extends Readonly<Total> {
  /** Undefined where only keys were listed; then `bytes` is 0 everywhere. */
  readonly byStorageClass: Readonly<Record<string, Readonly<Total>>> | undefined;
  /** By what follows the prefix up to the next `/`, the one with most objects first. */
  readonly byPrefix: readonly (Readonly<Total> & { readonly prefix: string })[];
  /** Under prefixes beyond those. */
  readonly elsewhere: Readonly<Total>;
}

/** Memory does not grow with the number of prefixes: those that come after so many are counted together. */
const MOST_PREFIXES = 1_000;

export class Summary {
  readonly #prefix: string;
  readonly #all: Total = { objects: 0, bytes: 0 };
  readonly #elsewhere: Total = { objects: 0, bytes: 0 };
  readonly #classes = new Map<string, Total>();
  readonly #prefixes = new Map<string, Total>();
  #columns = true;

  /** `before`: of the part of a listing that is gone on with. */
  constructor(prefix: string, before?: ListSummary) {
    this.#prefix = prefix;
    if (before === undefined) return;
    Object.assign(this.#all, { objects: before.objects, bytes: before.bytes });
    Object.assign(this.#elsewhere, before.elsewhere);
    for (const [name, total] of Object.entries(before.byStorageClass ?? {})) this.#classes.set(name, { ...total });
    for (const { prefix: name, objects, bytes } of before.byPrefix) this.#prefixes.set(name, { objects, bytes });
  }

  add({ keys, columns }: ObjectPage): void {
    this.#columns = columns !== undefined;
    let group: string | undefined;
    let total = this.#elsewhere;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? '';
      const size = columns?.sizes[i] ?? 0;
      // Keys are sorted: most have the prefix of the one before.
      if (group === undefined || group === this.#prefix || !key.startsWith(group)) {
        group = key.slice(0, key.indexOf('/', this.#prefix.length) + 1) || this.#prefix;
        total = this.#totalOf(group);
      }
      count(total, size);
      count(this.#all, size);
      if (columns !== undefined) count(entry(this.#classes, columns.storageClasses[i] ?? 'STANDARD'), size);
    }
  }

  get result(): ListSummary {
    return {
      ...this.#all,
      byStorageClass: this.#columns ? Object.fromEntries(this.#classes) : undefined,
      byPrefix: [...this.#prefixes]
        .map(([prefix, total]) => ({ prefix, ...total }))
        .sort((a, b) => b.objects - a.objects || (a.prefix < b.prefix ? -1 : 1)),
      elsewhere: this.#elsewhere,
    };
  }

  #totalOf(prefix: string): Total {
    const known = this.#prefixes.has(prefix) || this.#prefixes.size < MOST_PREFIXES;
    return known ? entry(this.#prefixes, prefix) : this.#elsewhere;
  }
}

function count(total: Total, size: number): void {
  total.objects += 1;
  total.bytes += size;
}

function entry(totals: Map<string, Total>, name: string): Total {
  const known = totals.get(name);
  if (known !== undefined) return known;
  const total = { objects: 0, bytes: 0 };
  totals.set(name, total);
  return total;
}
