import type { NamedPolicy } from '../../iam/evaluate.ts';
import { parsePolicy, type Statement } from '../../iam/policy.ts';
import type { EncryptionContext } from './encryption-context.ts';
import type { Grant, GrantOperation } from './key.ts';

/*
 * A grant is decided by the evaluator, as the statement it amounts to. It stands with the key policy; and because a
 * principal may use a foreign key by a grant that its own account issued, it stands on the caller's side too when the
 * caller is of the issuing account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html ("Key trust")
 */

/** The statement of a grant for the policy of its key. */
export function grantStatements(grant: Grant): readonly Statement[] {
  const { grantId, granteePrincipal, operations } = grant;
  const principal = { Principal: principalElement(granteePrincipal) };
  return parsePolicy(documentOf([{ ...allowing(operations, '*'), Sid: `grant ${grantId}`, ...principal }]), 'key')
    .allows;
}

/** A grant as a policy of its grantee. */
export function grantPolicy({ grantId, operations }: Grant, keyArn: string): NamedPolicy {
  const policy = parsePolicy(documentOf([allowing(operations, keyArn)]), 'identity');
  return { name: `grant ${grantId} of ${keyArn}`, policy };
}

/**
 * Whether a grant is good for a request with this encryption context; `undefined` for an operation that has none.
 * Names and values are case-sensitive.
 */
export function constraintsMet({ constraints }: Grant, context: EncryptionContext | undefined): boolean {
  const { encryptionContextEquals: exact, encryptionContextSubset: part } = constraints;
  if (context === undefined) return true;
  if (exact !== undefined && !(includes(context, exact) && includes(exact, context))) return false;
  return part === undefined || includes(context, part);
}

/** Who may retire a grant: its issuing account, its retiring principal, and its grantee where it says so. */
export function retirementPolicy(grant: Grant): NamedPolicy {
  const principals = [
    `arn:aws:iam::${grant.issuingAccount}:root`,
    ...(grant.retiringPrincipal === undefined ? [] : [grant.retiringPrincipal]),
    ...(grant.operations.includes('RetireGrant') ? [grant.granteePrincipal] : []),
  ];
  const statements = principals.map((principal) => ({
    Effect: 'Allow',
    Principal: principalElement(principal),
    Action: 'kms:RetireGrant',
    Resource: '*',
  }));
  return {
    name: `grant ${grant.grantId}`,
    policy: parsePolicy({ Version: '2012-10-17', Statement: statements }, 'key'),
  };
}

/**
 * Whether a grant that its creator may make only by `parent` gives no more than that.
 * https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html#grant-creategrant
 */
export function isWithin(child: Pick<Grant, 'operations' | 'constraints'>, parent: Grant): boolean {
  if (!child.operations.every((operation) => parent.operations.includes(operation))) return false;
  const { encryptionContextEquals: exact, encryptionContextSubset: part } = parent.constraints;
  const childExact = child.constraints.encryptionContextEquals;
  const childPart = child.constraints.encryptionContextSubset;
  if (exact !== undefined && (childExact === undefined || !includes(childExact, exact) || !includes(exact, childExact)))
    return false;
  return part === undefined || includes(childExact ?? childPart ?? {}, part);
}

function includes(whole: EncryptionContext, part: EncryptionContext): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value);
}

function allowing(operations: readonly GrantOperation[], resource: string) {
  return { Effect: 'Allow', Action: operations.map((operation) => `kms:${operation}`), Resource: resource };
}

function principalElement(principal: string): object {
  return principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal };
}

function documentOf(statements: readonly object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}
