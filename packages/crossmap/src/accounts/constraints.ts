import { IamError } from './identities/iam-error.ts';

/** What a text must be. `pattern` is shown as AWS shows it, and must match the whole. */
export interface TextConstraint {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly values?: readonly string[];
}

/** Collects the constraints that members of a request do not satisfy, in AWS's words. */
export class Constraints {
  readonly #broken: string[] = [];

  /** `member` is the name as AWS says it: `roleArn`, `policyArns.1.member.arn`. */
  text(
    member: string,
    value: string,
    { min = 0, max = Number.MAX_SAFE_INTEGER, pattern, values }: TextConstraint,
  ): void {
    const broken = (what: string) => this.#break(value, member, what);
    if (value.length < min) broken(`Member must have length greater than or equal to ${min}`);
    if (value.length > max) broken(`Member must have length less than or equal to ${max}`);
    if (pattern !== undefined && !new RegExp(`^(?:${pattern.source})$`, 'u').test(value)) {
      broken(`Member must satisfy regular expression pattern: ${pattern.source}`);
    }
    if (values?.includes(value) === false) broken(`Member must satisfy enum value set: [${values.join(', ')}]`);
  }

  integer(member: string, value: number, { min, max }: { readonly min: number; readonly max: number }): void {
    if (value < min) this.#break(value, member, `Member must have value greater than or equal to ${min}`);
    if (value > max) this.#break(value, member, `Member must have value less than or equal to ${max}`);
  }

  required(member: string): void {
    this.#broken.push(`Value null at '${member}' failed to satisfy constraint: Member must not be null`);
  }

  /** Throws `ValidationError` when any constraint is not satisfied. */
  check(): void {
    const count = this.#broken.length;
    if (count === 0) return;
    const detected = `${count} validation error${count === 1 ? '' : 's'} detected`;
    throw new IamError('ValidationError', `${detected}: ${this.#broken.join('; ')}`);
  }

  #break(value: string | number, member: string, what: string): void {
    this.#broken.push(`Value '${value}' at '${member}' failed to satisfy constraint: ${what}`);
  }
}
