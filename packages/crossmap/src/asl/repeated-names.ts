/** A name that an object of a JSON text has twice, which no parsed value shows. `at`: the place of the object. */
export interface RepeatedName {
  readonly at: string;
  readonly name: string;
}

/** `at` is the place of what is inside; `names`: of an object, those so far. */
interface Frame {
  readonly at: string;
  readonly names: Set<string> | undefined;
  /** The name or index of the member that is being read. */
  member: string | number;
  expectsName: boolean;
}

const TOKEN = /"(?:[^"\\]|\\[\s\S])*"|[{}[\],]/g;

/** Of a text that is JSON, in its order. */
export function repeatedNames(text: string): readonly RepeatedName[] {
  const repeated: RepeatedName[] = [];
  const frames: Frame[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const frame = frames.at(-1);
    if (token === '{' || token === '[') frames.push(frameIn(frame, token === '{'));
    else if (token === '}' || token === ']') frames.pop();
    else if (frame === undefined) continue;
    else if (token === ',') nextMember(frame);
    else if (frame.names !== undefined && frame.expectsName) {
      const name = JSON.parse(token) as string;
      if (frame.names.has(name)) repeated.push({ at: frame.at, name });
      frame.names.add(name);
      frame.member = name;
      frame.expectsName = false;
    }
  }
  return repeated;
}

function frameIn(outer: Frame | undefined, object: boolean): Frame {
  const { at, names, member } = outer ?? { at: '', names: undefined, member: '' };
  const place = names === undefined ? `${at}[${member}]` : `${at}/${member}`;
  return {
    at: outer === undefined ? '' : place,
    names: object ? new Set() : undefined,
    member: object ? '' : 0,
    expectsName: object,
  };
}

function nextMember(frame: Frame): void {
  if (typeof frame.member === 'number') frame.member++;
  else frame.expectsName = true;
}
