import { isJsonObject, type Json, type JsonObject } from '../../asl/json.ts';
import { ApiError } from './errors.ts';

/** Reads the members of one API request. Every refusal is a ValidationException or InvalidArn that names the member. */
export class Parameters {
  readonly #input: JsonObject;

  constructor(input: JsonObject) {
    this.#input = input;
  }

  /** The members that are given. */
  get names(): readonly string[] {
    return Object.keys(this.#input).filter((name) => this.#given(name) !== undefined);
  }

  string(name: string): string {
    const value = this.#input[name];
    if (typeof value === 'string') return value;
    const found = value === undefined || value === null ? 'Value null' : `Value ${JSON.stringify(value)}`;
    throw invalid(`${found} at '${name}' failed to satisfy constraint: Member must not be null`);
  }

  optionalString(name: string, maxLength = Number.POSITIVE_INFINITY): string | undefined {
    if (this.#given(name) === undefined) return undefined;
    const value = this.string(name);
    if (value.length <= maxLength) return value;
    throw invalid(
      `Value '${value}' at '${name}' failed to satisfy constraint: Member must have length less than or equal to ${maxLength}`,
    );
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.#given(name);
    if (value === undefined) return otherwise;
    if (typeof value === 'boolean') return value;
    throw invalid(`Value ${JSON.stringify(value)} at '${name}' failed to satisfy constraint: Member must be a boolean`);
  }

  optionalEnum<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.optionalString(name);
    const known = values.find((each) => each === value);
    if (known !== undefined || value === undefined) return known;
    const set = `Member must satisfy enum value set: [${values.join(', ')}]`;
    throw invalid(`Value '${value}' at '${name}' failed to satisfy constraint: ${set}`);
  }

  /** A number that counts something, from 0. */
  optionalCount(name: string): number | undefined {
    const value = this.#given(name);
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= 0)) return value;
    const constraint = 'Member must have value greater than or equal to 0';
    throw invalid(`Value '${JSON.stringify(value)}' at '${name}' failed to satisfy constraint: ${constraint}`);
  }

  optionalPercentage(name: string): number | undefined {
    const value = this.#given(name);
    if (value === undefined || (typeof value === 'number' && value >= 0 && value <= 100)) return value;
    const bound = typeof value === 'number' && value > 100 ? 'less than or equal to 100' : 'greater than or equal to 0';
    const constraint = `Member must have value ${bound}`;
    throw invalid(`Value '${JSON.stringify(value)}' at '${name}' failed to satisfy constraint: ${constraint}`);
  }

  /** The members of a structure. */
  optionalObject(name: string): Parameters | undefined {
    const value = this.#given(name);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new Parameters(value);
    throw invalid(`Value ${JSON.stringify(value)} at '${name}' failed to satisfy constraint: Member must be an object`);
  }

  /**
   * An ARN, refused in AWS's words when it does not start like one, or is of another type than the one wanted: the part
   * before its name, as in `arn:aws:states:REGION:ACCOUNT:execution:…`.
   */
  arn(name: string, wanted?: string): string {
    const value = this.string(name);
    if (!value.startsWith('arn:')) throw new ApiError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${value}'`);
    const [, , , , , type] = value.split(':');
    if (wanted === undefined || type === undefined || type === wanted) return value;
    throw new ApiError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${type}'`);
  }

  /** Member `includedData`: whether the payloads are asked for. */
  includesData(): boolean {
    const value = this.optionalString('includedData') ?? 'ALL_DATA';
    if (value === 'ALL_DATA' || value === 'METADATA_ONLY') return value === 'ALL_DATA';
    const allowed = 'Member must satisfy enum value set: [ALL_DATA, METADATA_ONLY]';
    throw invalid(`Value '${value}' at 'includedData' failed to satisfy constraint: ${allowed}`);
  }

  /** A member that is read by its own rules; `undefined` when it is absent or null. */
  json(name: string): Json | undefined {
    return this.#given(name);
  }

  /** One of the values of an enumeration, in the order that AWS names them. */
  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const given = this.optionalString(name);
    const value = values.find((each) => each === given);
    if (given === undefined || value !== undefined) return value;
    const expected = `Member must satisfy enum value set: [${values.join(', ')}]`;
    throw invalid(`Value '${given}' at '${name}' failed to satisfy constraint: ${expected}`);
  }

  /** maxResults: 0 and absent mean 100. */
  maxResults(most = 1000): number {
    const value = this.#given('maxResults') ?? 0;
    const constraint = (text: string) =>
      invalid(
        `Value '${JSON.stringify(value)}' at 'maxResults' failed to satisfy constraint: Member must have value ${text}`,
      );
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      throw constraint('greater than or equal to 0');
    if (value > most) throw constraint(`less than or equal to ${most}`);
    return value === 0 ? 100 : value;
  }

  /** Refuses members that this server does not act on, unless they say what it does anyway. */
  refuseOthers(known: readonly string[], harmless: Readonly<Record<string, (value: Json) => boolean>> = {}): void {
    for (const [name, value] of Object.entries(this.#input)) {
      if (value === null || known.includes(name) || harmless[name]?.(value)) continue;
      throw new ApiError(
        'ValidationException',
        `'${name}' with the value ${JSON.stringify(value)} is not supported yet`,
      );
    }
  }

  #given(name: string): Json | undefined {
    return this.#input[name] ?? undefined;
  }
}

export function invalid(problem: string): ApiError {
  return new ApiError('ValidationException', `1 validation error detected: ${problem}`);
}
