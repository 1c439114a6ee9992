import type { Accounts } from '../accounts.ts';
import { structure } from './hand-written.ts';
import type { SdkOperation, SdkService } from './sdk-operation.ts';

/** STS for a role that asks who it is, which everybody may. https://docs.aws.amazon.com/STS/latest/APIReference */
export function embeddedSts(accounts: Accounts, requestId: () => string): SdkService {
  const getCallerIdentity: SdkOperation = {
    input: structure({}),
    output: structure({ Account: 'text', Arn: 'text', UserId: 'text' }),
    call: async ({ roleArn, sessionName }) => {
      const { principal } = accounts.callerForRole(roleArn, sessionName);
      if (principal.kind !== 'role-session') throw new Error(`Expected a session of ${roleArn}`);
      const { accountId: Account, arn: Arn } = principal;
      const output = { Account, Arn, UserId: `${accounts.role(roleArn)?.roleId ?? ''}:${sessionName}` };
      return { kind: 'answer', output, http: { status: 200, headers: { 'x-amzn-requestid': requestId() } } };
    },
  };
  return { serviceId: 'STS', operation: (name) => (name === 'GetCallerIdentity' ? getCallerIdentity : undefined) };
}
