import type { Scope } from '../../src/asl/scope.ts';

/** A scope in which nothing is given but `given`. */
export function scopeOf(given: Partial<Scope> = {}): Scope {
  return { context: {}, variables: {}, random: () => 0.5, time: 0, input: {}, ...given };
}
