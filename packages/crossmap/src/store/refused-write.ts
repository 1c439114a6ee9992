import type { HistoryEvent } from '../engine/history.ts';

/** A write that contradicts what is kept. It is left out alone: writes made together with it are kept. */
export class RefusedWrite extends Error {
  override readonly name = 'RefusedWrite';
}

export function alreadyKept(executionArn: string): RefusedWrite {
  return new RefusedWrite(`Expected a new execution, found one kept as \`${executionArn}\``);
}

export function alreadyEnded(executionArn: string, status: string): RefusedWrite {
  return new RefusedWrite(`Expected \`${executionArn}\` to be RUNNING, found it \`${status}\``);
}

/** Refuses events that do not continue a history of `kept` events without a gap. */
export function checkContinues(executionArn: string, kept: number, events: readonly HistoryEvent[]): void {
  events.forEach((event, index) => {
    if (event.id === kept + 1 + index) return;
    throw new RefusedWrite(`Expected event ${kept + 1 + index} of \`${executionArn}\`, got event ${event.id}`);
  });
}

/** Refuses an execution ARN that does not end with the execution's name. Gives the part before the name. */
export function arnBeforeName(executionArn: string, name: string): string {
  if (executionArn.endsWith(`:${name}`)) return executionArn.slice(0, -name.length);
  throw new RefusedWrite(`Expected the ARN of execution \`${name}\` to end with its name, got \`${executionArn}\``);
}
