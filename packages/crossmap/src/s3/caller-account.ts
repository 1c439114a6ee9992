import { principalAccount } from '../iam/principal.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

/** The account that a request acts in. Errors: `AccessDenied` for an anonymous one, which has none. */
export function callerAccount({ caller }: S3Request): string {
  const accountId = principalAccount(caller.principal);
  if (accountId === undefined) throw new S3Error('AccessDenied');
  return accountId;
}
