import { type Principal, principalAccount } from '../iam/principal.ts';

/** Who began an upload. */
export interface Initiator {
  /** `undefined` for an anonymous caller. */
  readonly arn: string | undefined;
  readonly accountId: string | undefined;
}

export function initiatorOf(principal: Principal): Initiator {
  return { arn: principal.kind === 'anonymous' ? undefined : principal.arn, accountId: principalAccount(principal) };
}

/** Whether this is the initiator itself, or the account it belongs to. */
export function began(principal: Principal, initiator: Initiator): boolean {
  if (principal.kind === 'anonymous') return false;
  if (principal.arn === initiator.arn) return true;
  return principal.kind === 'root' && principal.accountId === initiator.accountId;
}
