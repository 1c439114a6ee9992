import type { ObjectPage } from './page.ts';

/** Which objects a list is to have: those for which everything given is so. */
export interface ObjectFilter {
  readonly suffix?: string | undefined;
  /** Of the whole key: `*` is anything but `/`, `**` anything, `?` one character but `/`. */
  readonly glob?: string | undefined;
  readonly leastSize?: number | undefined;
  readonly greatestSize?: number | undefined;
  /** Epoch ms: at this time or later. */
  readonly modifiedSince?: number | undefined;
  readonly storageClasses?: readonly string[] | undefined;
}

/** Whether keys alone decide. */
export function needsColumns({ leastSize, greatestSize, modifiedSince, storageClasses }: ObjectFilter): boolean {
  return [leastSize, greatestSize, modifiedSince, storageClasses].some((condition) => condition !== undefined);
}

/** Undefined where everything is kept. Objects without a storage class are `STANDARD`. */
export function objectFilter(filter: ObjectFilter): ((page: ObjectPage, index: number) => boolean) | undefined {
  const { suffix, glob, leastSize, greatestSize, modifiedSince, storageClasses } = filter;
  const conditions: ((page: ObjectPage, index: number) => boolean)[] = [];
  if (suffix !== undefined) conditions.push(({ keys }, i) => keys[i]?.endsWith(suffix) === true);
  if (glob !== undefined) {
    const pattern = globPattern(glob);
    conditions.push(({ keys }, i) => pattern.test(keys[i] ?? ''));
  }
  if (leastSize !== undefined) conditions.push(({ columns }, i) => (columns?.sizes[i] ?? 0) >= leastSize);
  if (greatestSize !== undefined) conditions.push(({ columns }, i) => (columns?.sizes[i] ?? 0) <= greatestSize);
  if (modifiedSince !== undefined) {
    conditions.push(({ columns }, i) => Date.parse(columns?.lastModified[i] ?? '') >= modifiedSince);
  }
  if (storageClasses !== undefined) {
    conditions.push(({ columns }, i) => storageClasses.includes(columns?.storageClasses[i] ?? 'STANDARD'));
  }
  if (conditions.length === 0) return undefined;
  return (page, index) => conditions.every((holds) => holds(page, index));
}

export function globPattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*|\?)/).map((part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replace(/[\\^$.|+()[\]{}/-]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'su');
}
