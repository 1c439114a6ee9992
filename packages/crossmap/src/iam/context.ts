/** Condition keys of a request with their values. The names of keys are case-insensitive. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** The values of a key; `undefined` when it is absent or an empty list, which IAM treats alike. */
export function contextValues(context: Context, key: string): readonly string[] | undefined {
  const value = Object.hasOwn(context, key) ? context[key] : valueInAnyCase(context, key.toLowerCase());
  if (typeof value === 'string') return [value];
  return value === undefined || value.length === 0 ? undefined : value;
}

function valueInAnyCase(context: Context, lowerKey: string): string | readonly string[] | undefined {
  for (const name of Object.keys(context)) {
    if (name.length === lowerKey.length && name.toLowerCase() === lowerKey) return context[name];
  }
  return undefined;
}
