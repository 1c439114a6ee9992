import { isJsonObject, type Json, type JsonObject } from '../asl/json.ts';
import type { Report } from './assembly-error.ts';

/** `{"Ref": "AWS::NoValue"}`: the property or list element is absent. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');
/** The value depends on something that has been reported already. */
export const UNRESOLVED: unique symbol = Symbol('unresolved');
export type Resolved = Json | typeof NO_VALUE | typeof UNRESOLVED;

/** What names mean in one stack. Each method reports what it cannot resolve and then gives `UNRESOLVED`. */
export interface Scope {
  ref(name: string, property: string, report: Report): Resolved;
  attribute(logicalId: string, attribute: string, property: string, report: Report): Resolved;
}

/**
 * Resolves the intrinsic functions in template values. Everything inside a value is visited even after a problem, so
 * that all problems are reported. Functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export class IntrinsicResolver {
  readonly #scope: Scope;
  readonly #report: Report;

  constructor(scope: Scope, report: Report) {
    this.#scope = scope;
    this.#report = report;
  }

  /** `property` is the path of `value` in its template entry. */
  resolve(value: Json, property: string): Resolved {
    if (Array.isArray(value)) return this.#resolveList(value, property);
    if (!isJsonObject(value)) return value;
    const intrinsic = Object.keys(value).find(isIntrinsic);
    if (intrinsic === undefined) return this.#resolveObject(value, property);
    if (Object.keys(value).length > 1) {
      return this.#invalid(property, `Expected \`${intrinsic}\` to be the only key, found ${keys(value)}`);
    }
    return this.#call(intrinsic, value[intrinsic] as Json, property);
  }

  #resolveList(values: readonly Json[], property: string): Resolved {
    const resolved = values.map((value, index) => this.resolve(value, `${property}[${index}]`));
    const list: Json[] = [];
    for (const value of resolved) {
      if (value === UNRESOLVED) return UNRESOLVED;
      if (value !== NO_VALUE) list.push(value);
    }
    return list;
  }

  #resolveObject(values: JsonObject, property: string): Resolved {
    const entries = Object.entries(values).map(
      ([key, value]) => [key, this.resolve(value, `${property}.${key}`)] as const,
    );
    const object: [string, Json][] = [];
    for (const [key, value] of entries) {
      if (value === UNRESOLVED) return UNRESOLVED;
      if (value !== NO_VALUE) object.push([key, value]);
    }
    return Object.fromEntries(object);
  }

  #call(intrinsic: string, argument: Json, property: string): Resolved {
    const at = `${property}.${intrinsic}`;
    switch (intrinsic) {
      case 'Ref':
        return this.#ref(argument, at);
      case 'Fn::GetAtt':
        return this.#getAtt(argument, at);
      case 'Fn::Join':
        return this.#join(argument, at);
      case 'Fn::Sub':
        return this.#sub(argument, at);
      case 'Fn::Select':
        return this.#select(argument, at);
      case 'Fn::Split':
        return this.#split(argument, at);
      default:
        this.#report('UNSUPPORTED_INTRINSIC', at, `\`${intrinsic}\` is not supported`);
        return UNRESOLVED;
    }
  }

  #ref(argument: Json, at: string): Resolved {
    if (typeof argument !== 'string') return this.#invalid(at, `Expected a name, found ${show(argument)}`);
    return argument === 'AWS::NoValue' ? NO_VALUE : this.#scope.ref(argument, at, this.#report);
  }

  #getAtt(argument: Json, at: string): Resolved {
    const target = attributeTarget(argument);
    if (target === undefined) {
      return this.#invalid(at, `Expected a logical id and an attribute name, found ${show(argument)}`);
    }
    return this.#scope.attribute(target.logicalId, target.attribute, at, this.#report);
  }

  #join(argument: Json, at: string): Resolved {
    const resolved = this.resolve(argument, at);
    if (resolved === UNRESOLVED) return UNRESOLVED;
    const [delimiter, list, ...rest] = isList(resolved) ? resolved : [];
    if (typeof delimiter !== 'string' || !isList(list) || rest.length > 0 || !list.every(isScalar)) {
      return this.#invalid(at, `Expected [delimiter, list of strings], found ${show(resolved)}`);
    }
    return list.map(String).join(delimiter);
  }

  #split(argument: Json, at: string): Resolved {
    const resolved = this.resolve(argument, at);
    if (resolved === UNRESOLVED) return UNRESOLVED;
    const [delimiter, text, ...rest] = isList(resolved) ? resolved : [];
    if (typeof delimiter !== 'string' || delimiter === '' || typeof text !== 'string' || rest.length > 0) {
      return this.#invalid(at, `Expected [delimiter, string], found ${show(resolved)}`);
    }
    return text.split(delimiter);
  }

  #select(argument: Json, at: string): Resolved {
    const resolved = this.resolve(argument, at);
    if (resolved === UNRESOLVED) return UNRESOLVED;
    const [index, list, ...rest] = isList(resolved) ? resolved : [];
    if (!isScalar(index) || !/^\d+$/.test(String(index)) || !isList(list) || rest.length > 0) {
      return this.#invalid(at, `Expected [index, list], found ${show(resolved)}`);
    }
    const selected = list[Number(index)];
    return (
      selected ?? this.#invalid(at, `Expected an index below ${list.length}, the length of the list, found ${index}`)
    );
  }

  #sub(argument: Json, at: string): Resolved {
    const [template, given] = typeof argument === 'string' ? [argument, {}] : isList(argument) ? argument : [];
    if (typeof template !== 'string' || !isJsonObject(given)) {
      return this.#invalid(at, `Expected a string or [string, {name: value}], found ${show(argument)}`);
    }
    const values = this.#resolveObject(given, at);
    if (!isJsonObjectValue(values)) return UNRESOLVED;
    let unresolved = false;
    const text = template.replace(SUB_NAME, (placeholder, name: string) => {
      if (name.startsWith('!')) return '${' + name.slice(1) + '}';
      const value = Object.hasOwn(values, name) ? (values[name] as Json) : this.#named(name, at);
      if (isScalar(value)) return String(value);
      if (value !== UNRESOLVED) this.#invalid(at, `Expected \`${placeholder}\` to be a string, found ${show(value)}`);
      unresolved = true;
      return '';
    });
    return unresolved ? UNRESOLVED : text;
  }

  #named(name: string, at: string): Resolved {
    const target = attributeTarget(name);
    return target === undefined ? this.#ref(name, at) : this.#getAtt(name, at);
  }

  #invalid(at: string, message: string): typeof UNRESOLVED {
    this.#report('INVALID_TEMPLATE', at, message);
    return UNRESOLVED;
  }
}

/** The names that `value` refers to with `Ref`, `Fn::GetAtt` and `Fn::Sub`, pseudo parameters included. */
export function references(value: Json): Set<string> {
  const names = new Set<string>();
  collectReferences(value, names);
  return names;
}

function collectReferences(value: Json, names: Set<string>): void {
  if (isList(value)) {
    for (const element of value) collectReferences(element, names);
  } else if (isJsonObject(value)) {
    for (const [key, argument] of Object.entries(value)) {
      if (key === 'Ref' && typeof argument === 'string') names.add(argument);
      if (key === 'Fn::GetAtt') addDefined(names, attributeTarget(argument)?.logicalId);
      if (key === 'Fn::Sub') for (const name of subNames(argument)) names.add(name);
      collectReferences(argument, names);
    }
  }
}

function subNames(argument: Json): string[] {
  const [template, given] = isList(argument) ? argument : [argument];
  if (typeof template !== 'string') return [];
  const local = isJsonObject(given) ? given : {};
  return [...template.matchAll(SUB_NAME)]
    .map((match) => match[1] as string)
    .filter((name) => !name.startsWith('!') && !Object.hasOwn(local, name))
    .map((name) => attributeTarget(name)?.logicalId ?? name);
}

const SUB_NAME = /\$\{([^}]*)\}/g;

function attributeTarget(argument: Json): { logicalId: string; attribute: string } | undefined {
  const [logicalId, attribute, ...rest] =
    typeof argument === 'string' ? splitOnce(argument) : isList(argument) ? argument : [];
  if (typeof logicalId !== 'string' || typeof attribute !== 'string' || rest.length > 0) return undefined;
  return { logicalId, attribute };
}

function splitOnce(name: string): string[] {
  const dot = name.indexOf('.');
  return dot === -1 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
}

function addDefined(names: Set<string>, name: string | undefined): void {
  if (name !== undefined) names.add(name);
}

function isIntrinsic(key: string): boolean {
  return key === 'Ref' || key.startsWith('Fn::');
}

function isList(value: Resolved | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isJsonObjectValue(value: Resolved): value is JsonObject {
  return typeof value !== 'symbol' && isJsonObject(value);
}

function isScalar(value: Resolved | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function keys(value: JsonObject): string {
  return Object.keys(value)
    .map((key) => `\`${key}\``)
    .join(', ');
}

function show(value: Resolved): string {
  return typeof value === 'symbol' ? '`AWS::NoValue`' : `\`${JSON.stringify(value)}\``;
}
