import { PolicyError, type PolicyKind, type PrincipalIds, parsePolicy } from '../../iam/policy.ts';
import type { RandomBytes } from '../credentials.ts';
import type { Entities } from './entities.ts';
import { IamError } from './iam-error.ts';

/** What every operation of IAM works on. */
export interface IamState {
  readonly entities: Entities;
  /** Epoch ms. */
  readonly now: () => number;
  readonly random: RandomBytes;
  /** Which users and roles there are, for policies that name them. */
  readonly principalIds: PrincipalIds;
}

/**
 * Checks a policy document as it is attached, and gives the ids of the users and roles it names. What IAM would not take
 * and what is not evaluated here are `MalformedPolicyDocument`.
 */
export function checkDocument(
  document: string,
  kind: PolicyKind,
  ids?: PrincipalIds,
): Readonly<Record<string, string>> {
  try {
    return parsePolicy(JSON.parse(document), kind, ids).principalIds;
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new IamError('MalformedPolicyDocument', 'Syntax errors in policy.');
    }
    if (!(error instanceof PolicyError)) throw error;
    const { principal, message } = error;
    throw new IamError(
      'MalformedPolicyDocument',
      principal === undefined ? message : `Invalid principal in policy: "AWS":"${principal}"`,
    );
  }
}

/** Checks a number of things, or characters without white space, against AWS's limit. */
export function checkQuota(quota: string, found: number, most: number): void {
  if (found > most) throw new IamError('LimitExceeded', `Cannot exceed quota for ${quota}: ${most}`);
}

/** The length that counts against AWS's limits. */
export function documentSize(document: string): number {
  return document.replace(/\s/g, '').length;
}

export function checkTags(tags: Readonly<Record<string, string>>): void {
  checkQuota('TagsPerResource', Object.keys(tags).length, 50);
  for (const key of Object.keys(tags)) {
    if (!/^aws:/i.test(key)) continue;
    throw new IamError('InvalidInput', 'Tag keys beginning with aws: are reserved for system use.');
  }
}
