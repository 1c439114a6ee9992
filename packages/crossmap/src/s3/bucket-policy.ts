import type { NamedPolicy } from '../iam/evaluate.ts';
import { type Policy, PolicyError, parsePolicy } from '../iam/policy.ts';
import { type Bucket, bucketArn } from './bucket.ts';
import { S3Error } from './errors.ts';

/** Compiles a bucket policy. Errors: `MalformedPolicy`, with what was expected, found and where. */
export function parseBucketPolicy(bucketName: string, document: string): Policy {
  const json = parseJson(document);
  checkResources(bucketName, json);
  try {
    return parsePolicy(json, 'resource');
  } catch (error) {
    if (error instanceof PolicyError) throw new S3Error('MalformedPolicy', { message: error.message });
    throw error;
  }
}

function parseJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    throw new S3Error('MalformedPolicy', { message: "Policies must be valid JSON and the first byte must be '{'" });
  }
}

/** S3 takes no statement about another bucket. What is no statement at all is left to the parser. */
function checkResources(bucketName: string, document: unknown): void {
  const arn = bucketArn(bucketName);
  for (const statement of listOf(elementOf(document, 'Statement'))) {
    for (const resource of listOf(elementOf(statement, 'Resource'))) {
      if (typeof resource !== 'string' || resource === arn || resource.startsWith(`${arn}/`)) continue;
      throw new S3Error('MalformedPolicy', {
        message: `Policy has invalid resource: expected ${arn} or ${arn}/…, got ${resource}`,
      });
    }
  }
}

function elementOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The policies of buckets, each compiled once for as long as its text stays the same. */
export class BucketPolicies {
  readonly #compiled = new Map<string, { readonly document: string; readonly named: NamedPolicy }>();

  of({ name, policy: document }: Bucket): NamedPolicy | undefined {
    if (document === undefined) return undefined;
    const known = this.#compiled.get(name);
    if (known?.document === document) return known.named;
    const named = { name: `bucket policy of ${name}`, policy: parseBucketPolicy(name, document) };
    this.#compiled.set(name, { document, named });
    return named;
  }
}
