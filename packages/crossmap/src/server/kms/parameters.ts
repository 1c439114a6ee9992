import { KmsError } from '../../accounts/kms/kms-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../asl/json.ts';
import { invalid, Parameters } from '../step-functions/parameters.ts';

/** The members of a request to KMS, by their names as KMS's errors write them: `keyId` for the member `KeyId`. */
export class KmsParameters extends Parameters {
  constructor(input: JsonObject) {
    super(Object.fromEntries(Object.entries(input).map(([name, value]) => [decapitalized(name), value])));
  }

  /** Bytes, at least one and at most `most`. */
  blob(name: string, most: number): Buffer {
    const bytes = Buffer.from(this.string(name), 'base64');
    if (bytes.length > 0 && bytes.length <= most) return bytes;
    const bound = bytes.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${most}`;
    throw invalid(`Value at '${name}' failed to satisfy constraint: Member must have length ${bound}`);
  }

  optionalInteger(name: string, least: number, most: number): number | undefined {
    const value = this.json(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    const bound =
      typeof value === 'number' && value > most ? `less than or equal to ${most}` : `greater than or equal to ${least}`;
    throw invalid(
      `Value '${JSON.stringify(value)}' at '${name}' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }

  /** A map of strings, empty when it is absent. */
  stringMap(name: string): Readonly<Record<string, string>> {
    return stringMap(this.json(name), name);
  }

  strings(name: string): readonly string[] {
    const value = this.json(name) ?? [];
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
    throw new KmsError('ValidationException', `Expected a list of strings at '${name}'`);
  }

  /** Structures of a list, each with its own member names. */
  structures(name: string): readonly KmsParameters[] {
    const value = this.json(name) ?? [];
    if (Array.isArray(value) && value.every(isJsonObject)) return value.map((each) => new KmsParameters(each));
    throw new KmsError('ValidationException', `Expected a list of structures at '${name}'`);
  }

  structure(name: string): KmsParameters | undefined {
    const value = this.json(name);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new KmsParameters(value);
    throw new KmsError('ValidationException', `Expected a structure at '${name}'`);
  }
}

function stringMap(value: Json | undefined, name: string): Readonly<Record<string, string>> {
  const map = value ?? {};
  if (isJsonObject(map) && Object.values(map).every((each) => typeof each === 'string')) {
    return map as Readonly<Record<string, string>>;
  }
  throw new KmsError('ValidationException', `Expected a map of strings at '${name}'`);
}

function decapitalized(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
