/** A parsed JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** JSON text with sorted members and no spaces: equal for equal values. */
export function canonicalText(value: Json): string {
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonicalText(value[name] ?? null)}`).join(',')}}`;
}

/**
 * The same JSON text spaced as Python's `json.dumps` spaces it (`", "` and `": "`): what the recorded calls and
 * functions wrote. Numbers keep their text.
 */
export function pythonSpacing(text: string): string {
  let spaced = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[,:]|[^\s",:]+/g)) {
    spaced += token === ',' ? ', ' : token === ':' ? ': ' : token;
  }
  return spaced;
}

/** The JSON text of a value as the recorded calls wrote it. */
export function pythonText(value: Json): string {
  return pythonSpacing(JSON.stringify(value));
}

/** A value as Python's `str()` shows it: a text bare at the top, else as a literal. */
export function pythonString(value: Json): string {
  return typeof value === 'string' ? value : pythonLiteral(value);
}

function pythonLiteral(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
  if (isList(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${pythonLiteral(name)}: ${pythonLiteral(member)}`);
  return `{${members.join(', ')}}`;
}
