import type { Member, Shape } from './shape.ts';

/** A structure for a service that has no official client here, its members by the names of the API. */
export function structure(
  members: Readonly<Record<string, Shape | 'text' | 'number' | 'timestamp'>>,
  required: readonly string[] = [],
  payload?: string,
): Shape {
  const read = Object.entries(members).map(([name, shape]): [string, Member] => [
    name,
    {
      name,
      shape: () => (typeof shape === 'string' ? { kind: shape } : shape),
      payload: name === payload,
      label: false,
    },
  ]);
  return { kind: 'structure', members: new Map(read), required };
}
