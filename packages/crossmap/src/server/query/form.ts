import { Constraints, type TextConstraint } from '../../accounts/constraints.ts';
import { IamError } from '../../accounts/identities/iam-error.ts';

/** One parameter of an operation: `read` gives its value from the form, and tells what is wrong with it. */
export interface Parameter<T> {
  read(form: Form, name: string, constraints: Constraints): T;
}

export type Values<P> = { readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never };

/** The parameters of a request by their names on the wire: `Tags.member.1.Key`. */
export class Form {
  readonly #values: ReadonlyMap<string, string>;
  readonly #read = new Set<string>(['Action', 'Version']);

  constructor(values: Iterable<readonly [string, string]>) {
    this.#values = new Map(values);
  }

  text(name: string): string | undefined {
    this.#read.add(name);
    return this.#values.get(name);
  }

  /** The names of the members of a list, `Tags.member.1`, in order. */
  members(name: string): readonly string[] {
    if (this.#values.get(name) === '') this.#read.add(name);
    const prefix = `${name}.member.`;
    const numbers = new Set<number>();
    for (const key of this.#values.keys()) {
      if (key.startsWith(prefix)) numbers.add(Number.parseInt(key.slice(prefix.length), 10));
    }
    return [...numbers].sort((a, b) => a - b).map((number) => `${prefix}${number}`);
  }

  /** Throws for a parameter that nothing has read: none is accepted and ignored. */
  refuseUnread(operation: string): void {
    for (const name of this.#values.keys()) {
      if (this.#read.has(name)) continue;
      throw new IamError('NotImplemented', `The parameter ${name} of ${operation} is not supported by Crossmap`);
    }
  }
}

/** The values of all parameters. Throws `ValidationError` with everything that is wrong, in AWS's words. */
export function readForm<P extends Readonly<Record<string, Parameter<unknown>>>>(
  operation: string,
  form: Form,
  parameters: P,
): Values<P> {
  const constraints = new Constraints();
  const entries = Object.entries(parameters).map(([name, parameter]) => [
    name,
    parameter.read(form, name, constraints),
  ]);
  form.refuseUnread(operation);
  constraints.check();
  return Object.fromEntries(entries) as Values<P>;
}

export function optional(constraint: TextConstraint): Parameter<string | undefined> {
  return {
    read(form, name, constraints) {
      const value = form.text(name);
      if (value !== undefined) constraints.text(memberName(name), value, constraint);
      return value;
    },
  };
}

export function required(constraint: TextConstraint): Parameter<string> {
  return {
    read(form, name, constraints) {
      const value = form.text(name);
      if (value === undefined) constraints.required(memberName(name));
      else constraints.text(memberName(name), value, constraint);
      return value ?? '';
    },
  };
}

export function integer(min: number, max: number): Parameter<number | undefined> {
  return {
    read(form, name, constraints) {
      const text = form.text(name);
      if (text === undefined) return undefined;
      if (!/^-?\d{1,10}$/.test(text)) {
        throw new IamError('ValidationError', `Value '${text}' at '${memberName(name)}' is not an integer`);
      }
      constraints.integer(memberName(name), Number(text), { min, max });
      return Number(text);
    },
  };
}

export const flag: Parameter<boolean> = {
  read(form, name) {
    const text = form.text(name);
    if (text === undefined || text === 'false') return false;
    if (text === 'true') return true;
    throw new IamError('ValidationError', `Value '${text}' at '${memberName(name)}' is not a boolean`);
  },
};

/** `Name.member.N`, or `Name.member.N.FIELD` of a list of structures with one field. */
export function texts(constraint: TextConstraint, field?: string): Parameter<readonly string[]> {
  return {
    read(form, name, constraints) {
      return form.members(name).map((member) => {
        const value = form.text(field === undefined ? member : `${member}.${field}`) ?? '';
        constraints.text(
          memberName(field === undefined ? member : `${member}.${memberName(field)}`),
          value,
          constraint,
        );
        return value;
      });
    },
  };
}

/** A list of `Key` and `Value`. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html */
export const tags: Parameter<Readonly<Record<string, string>>> = {
  read(form, name, constraints) {
    const entries = form.members(name).map((member) => {
      const [key = '', value = ''] = [form.text(`${member}.Key`), form.text(`${member}.Value`)];
      constraints.text(`${memberName(member)}.key`, key, { min: 1, max: 128 });
      constraints.text(`${memberName(member)}.value`, value, { max: 256 });
      return [key, value] as const;
    });
    const keys = entries.map(([key]) => key.toLowerCase());
    if (new Set(keys).size < keys.length) {
      throw new IamError('InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    }
    return Object.fromEntries(entries);
  },
};

/** AWS says the names of members with a small first letter. */
function memberName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
