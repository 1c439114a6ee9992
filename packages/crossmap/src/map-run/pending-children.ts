import type { Child } from './child-runner.ts';
import type { MapRunStore, StartedChildren } from './map-run.ts';

/**
 * The children of a Map Run that have not started, in item order, a bounded number at a time; those after the first
 * `skip`. A process that ended may have left gaps: its children were started in order and committed in nearly that order.
 */
export async function* pendingChildren(
  store: MapRunStore,
  mapRunArn: string,
  { gaps, next }: Pick<StartedChildren, 'gaps' | 'next'>,
  skip = 0,
): AsyncGenerator<readonly Child[]> {
  for (const index of gaps.slice(skip)) {
    for await (const [child] of store.spooledChildren(mapRunArn, index)) {
      if (child !== undefined) yield [{ index, ...child }];
      break;
    }
  }
  let index = next + Math.max(0, skip - gaps.length);
  for await (const group of store.spooledChildren(mapRunArn, index)) {
    yield group.map((child, i) => ({ index: index + i, ...child }));
    index += group.length;
  }
}
