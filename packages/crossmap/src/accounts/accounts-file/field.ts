/** One part of an accounts file: `read` gives its value, or throws `FileProblems` with everything that is wrong. */
export interface Field<T> {
  read(value: unknown, at: string): T;
}

export type ValueOf<F> = F extends Field<infer T> ? T : never;

/** What is wrong with a file, each problem with its place: `accounts[0].users[1].name: expected …, found …`. */
export class FileProblems extends Error {
  override readonly name = 'FileProblems';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export function problem(at: string, expected: string, found: unknown): FileProblems {
  const shown = found === undefined ? 'nothing' : `\`${JSON.stringify(found).slice(0, 100)}\``;
  return new FileProblems([`${at === '' ? 'the file' : at}: expected ${expected}, found ${shown}`]);
}

/** A text that matches `pattern`, which `expected` describes. */
export function text(expected: string, pattern: RegExp): Field<string> {
  return {
    read(value, at) {
      if (typeof value === 'string' && pattern.test(value)) return value;
      throw problem(at, expected, value);
    },
  };
}

/** A text that no problem shows. */
export function secret(expected: string): Field<string> {
  return {
    read(value, at) {
      if (typeof value === 'string' && value !== '') return value;
      throw new FileProblems([
        `${at}: expected ${expected}, found ${value === undefined ? 'nothing' : 'something else'}`,
      ]);
    },
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Field<T> {
  return {
    read(value, at) {
      const found = values.find((each) => each === value);
      if (found !== undefined) return found;
      throw problem(at, values.map((each) => `\`${each}\``).join(' or '), value);
    },
  };
}

export function integer(least: number, most: number): Field<number> {
  return {
    read(value, at) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
      throw problem(at, `an integer from ${least} to ${most}`, value);
    },
  };
}

export const boolean: Field<boolean> = {
  read(value, at) {
    if (typeof value === 'boolean') return value;
    throw problem(at, 'true or false', value);
  },
};

/** Any object: a policy document, whose own parser says what is wrong with it. */
export const document: Field<object> = {
  read(value, at) {
    if (isObject(value)) return value;
    throw problem(at, 'a policy document', value);
  },
};

export function optional<T>(field: Field<T>): Field<T | undefined>;
export function optional<T>(field: Field<T>, absent: T): Field<T>;
export function optional<T>(field: Field<T>, absent?: T): Field<T | undefined> {
  return { read: (value, at) => (value === undefined ? absent : field.read(value, at)) };
}

/** A list, empty when it is absent. */
export function list<T>(item: Field<T>): Field<readonly T[]> {
  return {
    read(value, at) {
      if (value === undefined) return [];
      if (!Array.isArray(value)) throw problem(at, 'a list', value);
      const reading = new Reading();
      const items = value.map((each, index) => reading.of(item, each, `${at}[${index}]`));
      return reading.whole(items.flat());
    },
  };
}

/** An object whose members have names of the user's choice; empty when it is absent. */
export function byName<T>(item: Field<T>, name: Field<string>): Field<Readonly<Record<string, T>>> {
  return {
    read(value, at) {
      if (value === undefined) return {};
      if (!isObject(value)) throw problem(at, 'an object', value);
      const reading = new Reading();
      const entries = Object.entries(value).flatMap(([key, each]): (readonly [string, T])[] => {
        reading.of(name, key, `${at}, the name of a member`);
        return reading.of(item, each, join(at, key)).map((read) => [key, read]);
      });
      return reading.whole(Object.fromEntries(entries));
    },
  };
}

/** An object with these members and no other. */
export function object<F extends Readonly<Record<string, Field<unknown>>>>(
  fields: F,
): Field<{ readonly [K in keyof F]: ValueOf<F[K]> }> {
  return {
    read(value, at) {
      if (!isObject(value)) throw problem(at, 'an object', value);
      const reading = new Reading();
      for (const key of Object.keys(value)) {
        if (!Object.hasOwn(fields, key)) reading.of(unknown(Object.keys(fields)), key, join(at, key));
      }
      const given: Readonly<Record<string, unknown>> = { ...value };
      const entries = Object.entries(fields).map(([key, field]) => [
        key,
        reading.of(field, given[key], join(at, key))[0],
      ]);
      return reading.whole(Object.fromEntries(entries) as { readonly [K in keyof F]: ValueOf<F[K]> });
    },
  };
}

/** Collects the problems of the parts of a value. */
class Reading {
  readonly #problems: string[] = [];

  /** The value of a part, or nothing when it cannot be read. */
  of<T>(field: Field<T>, value: unknown, at: string): readonly [] | readonly [T] {
    try {
      return [field.read(value, at)];
    } catch (error) {
      if (!(error instanceof FileProblems)) throw error;
      this.#problems.push(...error.problems);
      return [];
    }
  }

  whole<T>(value: T): T {
    if (this.#problems.length > 0) throw new FileProblems(this.#problems);
    return value;
  }
}

function unknown(known: readonly string[]): Field<never> {
  return {
    read(value, at) {
      throw problem(at, `only ${known.join(', ')} here`, value);
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(at: string, name: string): string {
  const member = /^[\w$-]+$/.test(name) ? name : JSON.stringify(name);
  if (member !== name) return `${at}[${member}]`;
  return at === '' ? name : `${at}.${name}`;
}
