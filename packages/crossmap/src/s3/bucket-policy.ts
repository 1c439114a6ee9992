import type { NamedPolicy } from '../iam/evaluate.ts';
import { type Policy, PolicyError, type PrincipalIds, parsePolicy, type Statement } from '../iam/policy.ts';
import type { Bucket } from './bucket.ts';
import { checkBucketPolicy } from './bucket-policy-check.ts';
import type { StoredPolicy } from './bucket-settings.ts';
import { malformedPolicy } from './errors.ts';
import { isPublicPolicy } from './public-policy.ts';

/**
 * Compiles a bucket policy. With `ids`, the users and roles it names must exist. Errors: `MalformedPolicy` in S3's words,
 * with the place in `Detail`.
 */
export function parseBucketPolicy(bucketName: string, document: string, ids?: PrincipalIds): Policy {
  const json = checkBucketPolicy(bucketName, document);
  try {
    return parsePolicy(json, 'resource', ids);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    if (error.principal === undefined) throw malformedPolicy(error.message);
    throw malformedPolicy('Invalid principal in policy', `"AWS" : "${error.principal}"`);
  }
}

/** The document with the unique ids, in place of the ARNs, of principals that are not the ones it was put for. */
export function shownPolicy({ document, principalIds }: StoredPolicy, ids: PrincipalIds | undefined): string {
  const gone = Object.entries(principalIds).filter(([arn, id]) => ids !== undefined && ids(arn) !== id);
  return gone.reduce((text, [arn, id]) => text.replaceAll(JSON.stringify(arn), JSON.stringify(id)), document);
}

/** The policies of buckets, each compiled once for as long as its text and what restricts it stay the same. */
export class BucketPolicies {
  readonly #compiled = new Map<string, Compiled>();

  /** With the statement by which RestrictPublicBuckets takes a public policy back, where it is on. */
  of({ name, accountId, settings }: Bucket): NamedPolicy | undefined {
    const { policy: stored, publicAccessBlock } = settings;
    if (stored === undefined) return undefined;
    const restricted = publicAccessBlock?.RestrictPublicBuckets === true;
    const known = this.#compiled.get(name);
    if (known?.stored === stored && known.restricted === restricted) return known.named;
    const policy = parseBucketPolicy(name, stored.document, boundIds(stored));
    const restriction = restricted && isPublicPolicy(stored.document) ? [restrictionOf(accountId)] : [];
    const denies = [...restriction, ...policy.denies];
    const named = { name: `bucket policy of ${name}`, policy: { ...policy, denies } };
    this.#compiled.set(name, { stored, restricted, named });
    return named;
  }
}

interface Compiled {
  readonly stored: StoredPolicy;
  readonly restricted: boolean;
  readonly named: NamedPolicy;
}

function boundIds({ principalIds }: StoredPolicy): PrincipalIds | undefined {
  return Object.keys(principalIds).length === 0 ? undefined : (arnOrId) => principalIds[arnOrId];
}

/** What S3 counts as an explicit deny in the resource-based policy: of all but services and the account of the owner. */
function restrictionOf(accountId: string): Statement {
  const statement = {
    Sid: 'RestrictPublicBuckets of the public access block',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: '*',
    Condition: {
      StringNotEquals: { 'aws:PrincipalAccount': accountId },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    },
  };
  return parsePolicy({ Version: '2012-10-17', Statement: statement }, 'resource').denies[0]!;
}
