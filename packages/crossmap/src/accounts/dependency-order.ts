export type DependencyOrder =
  | { readonly kind: 'ordered'; readonly names: readonly string[] }
  /** The names of one cycle in order, the first repeated at the end. */
  | { readonly kind: 'circular'; readonly cycle: readonly string[] };

/** Each name after all it depends on, otherwise in the order given. Dependencies that are no key are passed over. */
export function dependencyOrder(dependencies: ReadonlyMap<string, Iterable<string>>): DependencyOrder {
  const ordered = new Set<string>();
  const visiting: string[] = [];

  function visit(name: string): readonly string[] | undefined {
    if (ordered.has(name)) return undefined;
    const start = visiting.indexOf(name);
    if (start !== -1) return [...visiting.slice(start), name];
    visiting.push(name);
    for (const dependency of dependencies.get(name) ?? []) {
      if (!dependencies.has(dependency)) continue;
      const cycle = visit(dependency);
      if (cycle !== undefined) return cycle;
    }
    visiting.pop();
    ordered.add(name);
    return undefined;
  }

  for (const name of dependencies.keys()) {
    const cycle = visit(name);
    if (cycle !== undefined) return { kind: 'circular', cycle };
  }
  return { kind: 'ordered', names: [...ordered] };
}
