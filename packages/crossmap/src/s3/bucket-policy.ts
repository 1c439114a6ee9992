import type { NamedPolicy } from '../iam/evaluate.ts';
import { type Policy, PolicyError, parsePolicy } from '../iam/policy.ts';
import { type Bucket, bucketArn } from './bucket.ts';
import { S3Error } from './errors.ts';

/** Compiles a bucket policy. Errors: `MalformedPolicy`, with what was expected, found and where. */
export function parseBucketPolicy(bucketName: string, document: string): Policy {
  const json = parseJson(document);
  checkStatements(bucketName, json);
  try {
    return parsePolicy(json, 'resource');
  } catch (error) {
    if (error instanceof PolicyError) throw malformed(error.message);
    throw error;
  }
}

function parseJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  }
}

/**
 * What S3 refuses beyond the language: another bucket, another service, an action on objects for the bucket alone or the
 * other way round. What is no statement at all is left to the parser.
 */
function checkStatements(bucketName: string, document: unknown): void {
  const arn = bucketArn(bucketName);
  for (const statement of listOf(elementOf(document, 'Statement'))) {
    const resources = listOf(elementOf(statement, 'Resource')).filter((resource) => typeof resource === 'string');
    for (const resource of resources) {
      if (resource === arn || resource.startsWith(`${arn}/`)) continue;
      throw malformed(`Policy has invalid resource: expected ${arn} or ${arn}/…, got ${resource}`);
    }
    for (const action of listOf(elementOf(statement, 'Action')).filter((action) => typeof action === 'string')) {
      if (!/^(\*$|s3:)/i.test(action)) throw malformed(`Policy has invalid action: expected s3:…, got ${action}`);
      const level = levelOf(action);
      if (level === undefined || resources.length === 0) continue;
      if (resources.some((resource) => (level === 'bucket') === (resource === arn))) continue;
      const expected = level === 'bucket' ? arn : `${arn}/*`;
      throw malformed(
        `Action does not apply to any resource(s) in statement: ${action} needs ${expected}, got ${resources.join(', ')}`,
      );
    }
  }
}

/** S3 names most of its actions after what they are about; the others, and patterns, are not looked at. */
function levelOf(action: string): 'bucket' | 'object' | undefined {
  if (/[*?]/.test(action)) return undefined;
  if (/bucket/i.test(action)) return 'bucket';
  return /object/i.test(action) ? 'object' : undefined;
}

function malformed(message: string): S3Error {
  return new S3Error('MalformedPolicy', { message });
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

  of({ name, settings }: Bucket): NamedPolicy | undefined {
    const document = settings.policy?.document;
    if (document === undefined) return undefined;
    const known = this.#compiled.get(name);
    if (known?.document === document) return known.named;
    const named = { name: `bucket policy of ${name}`, policy: parseBucketPolicy(name, document) };
    this.#compiled.set(name, { document, named });
    return named;
  }
}
