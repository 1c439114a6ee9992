/** Condition keys of a request with their values. The names of keys are case-insensitive. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** The value or the values of a key; `undefined` when it is absent or an empty list, which IAM treats alike. */
export function contextValue(context: Context, key: string): string | readonly string[] | undefined {
  const value = Object.hasOwn(context, key) ? context[key] : valueInAnyCase(context, key.toLowerCase());
  return value?.length === 0 && typeof value !== 'string' ? undefined : value;
}

/** The values of a key, as `contextValue`. */
export function contextValues(context: Context, key: string): readonly string[] | undefined {
  const value = contextValue(context, key);
  return typeof value === 'string' ? [value] : value;
}

function valueInAnyCase(context: Context, lowerKey: string): string | readonly string[] | undefined {
  for (const name in context) {
    if (name.length === lowerKey.length && name.toLowerCase() === lowerKey) return context[name];
  }
  return undefined;
}
