import { isJsonObject, type Json, type JsonObject } from '../../asl/json.ts';
import { PolicyError, type PolicyKind, parsePolicy } from '../../iam/policy.ts';
import type { DiagnosticCode, Report } from '../assembly-error.ts';
import { NO_VALUE, type Resolved, UNRESOLVED } from '../intrinsics.ts';

type Resolve = (value: Json, property: string) => Resolved;

export interface StringRule {
  readonly pattern: RegExp;
  /** What the pattern means, after "Expected". */
  readonly expected: string;
}

/**
 * The properties of one resource, or of an object inside them. A property is resolved when it is read; one that no
 * handler reads is refused at the end, so nothing is accepted and ignored. After a report the methods give a stand-in
 * of the right type and say no more about that property: what holds a stand-in is never deployed.
 */
export class PropertyReader {
  readonly #values: JsonObject;
  readonly #property: string;
  readonly #resolve: Resolve;
  readonly #report: Report;
  readonly #read = new Set<string>();
  readonly #reported = new Set<string>();
  readonly #children: PropertyReader[] = [];

  constructor(values: JsonObject, property: string, resolve: Resolve, report: Report) {
    this.#values = values;
    this.#property = property;
    this.#resolve = resolve;
    this.#report = report;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  string(name: string, rule?: StringRule): string {
    return this.#required(name, this.optionalString(name, rule), '');
  }

  optionalString(name: string, rule?: StringRule): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.#mismatch(name, 'a string', value);
    if (rule !== undefined && !rule.pattern.test(value)) return this.#mismatch(name, rule.expected, value);
    return value;
  }

  /** One of the values that have a local meaning; any other is refused by name. */
  oneOf<T extends string | boolean>(name: string, accepted: readonly T[]): T | undefined {
    const value = this.#value(name);
    if (value === undefined || accepted.includes(value as T)) return value as T | undefined;
    const expected = accepted.map((each) => `\`${each}\``).join(' or ');
    this.#report(
      'UNSUPPORTED_PROPERTY',
      this.#at(name),
      `Only ${expected} is supported, found \`${JSON.stringify(value)}\``,
    );
    return undefined;
  }

  /** A whole number, also when CloudFormation was given it as a string. */
  integer(name: string, absent: number, { min, max }: { readonly min: number; readonly max: number }): number {
    const value = this.#value(name);
    if (value === undefined) return absent;
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (Number.isInteger(number) && (number as number) >= min && (number as number) <= max) return number as number;
    return this.#mismatch(name, `a whole number from ${min} to ${max}`, value) ?? absent;
  }

  /** A boolean, also when CloudFormation was given it as a string. */
  boolean(name: string, absent: boolean): boolean {
    const value = this.#value(name) ?? absent;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    return this.#mismatch(name, 'a boolean', value) ?? absent;
  }

  strings(name: string): readonly string[] {
    const value = this.#value(name) ?? [];
    if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return value;
    return this.#mismatch(name, 'a list of strings', value) ?? [];
  }

  /** A map of strings; numbers and booleans become strings, as in CloudFormation. */
  stringMap(name: string): Readonly<Record<string, string>> {
    const value = this.#value(name) ?? {};
    const scalars = ['string', 'number', 'boolean'];
    if (isJsonObject(value) && Object.values(value).every((element) => scalars.includes(typeof element))) {
      return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, String(element)]));
    }
    return this.#mismatch(name, 'a map of strings', value) ?? {};
  }

  /** Free-form JSON, such as a policy document. */
  json(name: string): JsonObject {
    return this.#required(name, this.optionalJson(name), {});
  }

  optionalJson(name: string): JsonObject | undefined {
    const value = this.#value(name);
    return value === undefined || isJsonObject(value) ? value : this.#mismatch(name, 'an object', value);
  }

  /** A policy document, taken only when it can be enforced as it is. */
  policy(name: string, kind: PolicyKind): JsonObject {
    const document = this.optionalJson(name);
    const problem = document === undefined ? undefined : policyProblem(document, kind);
    if (problem !== undefined) this.report('INVALID_POLICY', name, problem);
    return this.#required(name, document, {});
  }

  /** An object whose own properties must be read too. `undefined` only after a report. */
  object(name: string): PropertyReader | undefined {
    return this.#required(name, this.optionalObject(name), undefined);
  }

  optionalObject(name: string): PropertyReader | undefined {
    const value = this.optionalJson(name);
    return value === undefined ? undefined : this.#child(value, this.#at(name));
  }

  objects(name: string): readonly PropertyReader[] {
    const value = this.#value(name) ?? [];
    if (Array.isArray(value) && value.every(isJsonObject)) {
      return value.map((element, index) => this.#child(element, `${this.#at(name)}[${index}]`));
    }
    return this.#mismatch(name, 'a list of objects', value) ?? [];
  }

  report(code: DiagnosticCode, name: string, message: string): void {
    this.#report(code, this.#at(name), message);
  }

  invalid(name: string, message: string): void {
    this.report('INVALID_PROPERTY', name, message);
  }

  unsupported(name: string, message: string): void {
    this.report('UNSUPPORTED_PROPERTY', name, message);
  }

  /** Refuses every property that was neither read nor is a key of `withoutLocalMeaning` (whose values say why). */
  refuseUnread(withoutLocalMeaning: Readonly<Record<string, string>>): void {
    for (const name of Object.keys(this.#values)) {
      if (this.#read.has(name) || Object.hasOwn(withoutLocalMeaning, name)) continue;
      this.unsupported(name, `The property \`${name}\` is not supported`);
    }
    for (const child of this.#children) child.refuseUnread({});
  }

  #child(values: JsonObject, property: string): PropertyReader {
    const child = new PropertyReader(values, property, (value) => value, this.#report);
    this.#children.push(child);
    return child;
  }

  /** `undefined` when the property is absent, or could not be resolved and has been reported. */
  #value(name: string): Json | undefined {
    this.#read.add(name);
    const value = this.#values[name];
    if (value === undefined) return undefined;
    const resolved = this.#resolve(value, this.#at(name));
    if (resolved === UNRESOLVED) this.#reported.add(name);
    return resolved === UNRESOLVED || resolved === NO_VALUE ? undefined : resolved;
  }

  #required<T, S>(name: string, value: T | undefined, standIn: S): T | S {
    if (value === undefined && !this.#reported.has(name)) this.invalid(name, `Expected \`${name}\`, found none`);
    return value ?? standIn;
  }

  #mismatch(name: string, expected: string, found: Json): undefined {
    this.#reported.add(name);
    this.invalid(name, `Expected ${expected}, found \`${JSON.stringify(found)}\``);
    return undefined;
  }

  #at(name: string): string {
    return `${this.#property}.${name}`;
  }
}

function policyProblem(document: JsonObject, kind: PolicyKind): string | undefined {
  try {
    parsePolicy(document, kind);
    return undefined;
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
}
