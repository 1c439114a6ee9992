import type { RoleCaller } from '../../engine/ports.ts';
import type { Authorizer } from '../../iam/evaluate.ts';
import type { Accounts } from '../accounts.ts';
import { mayAssumeRole } from '../assume-role.ts';
import { structure } from './hand-written.ts';
import type { SdkOperation, SdkResult, SdkService } from './sdk-operation.ts';

export interface EmbeddedStsPorts {
  readonly accounts: Accounts;
  readonly authorizer: Authorizer;
  readonly requestId: () => string;
}

/** STS for the role of a state machine. https://docs.aws.amazon.com/STS/latest/APIReference */
export function embeddedSts(ports: EmbeddedStsPorts): SdkService {
  const operations: Readonly<Record<string, SdkOperation>> = {
    AssumeRole: {
      input: structure({ RoleArn: 'text', RoleSessionName: 'text', ExternalId: 'text', DurationSeconds: 'number' }, [
        'RoleArn',
        'RoleSessionName',
      ]),
      output: structure({
        AssumedRoleUser: structure({ AssumedRoleId: 'text', Arn: 'text' }),
        Credentials: structure({
          AccessKeyId: 'text',
          Expiration: 'timestamp',
          SecretAccessKey: 'text',
          SessionToken: 'text',
        }),
      }),
      call: async (caller, input) => assumeRole(ports, caller, input),
    },
    /** Everybody may ask who they are. */
    GetCallerIdentity: {
      input: structure({}),
      output: structure({ Account: 'text', Arn: 'text', UserId: 'text' }),
      call: async ({ roleArn, sessionName }) => {
        const { arn, id } = session(ports.accounts, roleArn, sessionName);
        return answered(ports, { Account: arn.split(':')[4], Arn: arn, UserId: id });
      },
    },
  };
  return {
    serviceId: 'STS',
    knows: () => true,
    operation: (name) => (Object.hasOwn(operations, name) ? operations[name] : undefined),
  };
}

function assumeRole(
  ports: EmbeddedStsPorts,
  { roleArn: from, region, sessionName: fromSession }: RoleCaller,
  { RoleArn, RoleSessionName, ExternalId, DurationSeconds = 3600 }: Readonly<Record<string, unknown>>,
): SdkResult {
  const { accounts, authorizer, requestId } = ports;
  const roleArn = String(RoleArn);
  const sessionName = String(RoleSessionName);
  const seconds = Number(DurationSeconds);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) return invalid(ports, `'${sessionName}' at 'roleSessionName'`);
  if (seconds < 900 || seconds > 43_200) return invalid(ports, `'${seconds}' at 'durationSeconds'`);
  const allowed = mayAssumeRole(accounts, authorizer, {
    caller: accounts.callerForRole(from, fromSession),
    roleArn,
    sessionName,
    ...(typeof ExternalId === 'string' && { externalId: ExternalId }),
    region,
  });
  if (allowed.kind === 'refused') {
    const { code, message } = allowed;
    return { kind: 'error', code, modelled: false, message, status: 403, requestId: requestId() };
  }
  const { arn: Arn, id: AssumedRoleId } = session(accounts, roleArn, sessionName);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = accounts.credentialsForRole(
    roleArn,
    sessionName,
    seconds * 1000,
  );
  return answered(ports, {
    AssumedRoleUser: { AssumedRoleId, Arn },
    Credentials: {
      AccessKeyId: accessKeyId,
      Expiration: new Date(expiration),
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
    },
  });
}

function invalid({ requestId }: EmbeddedStsPorts, value: string): SdkResult {
  const message = `1 validation error detected: Value ${value} failed to satisfy constraint`;
  return { kind: 'error', code: 'ValidationError', modelled: false, message, status: 400, requestId: requestId() };
}

function session(accounts: Accounts, roleArn: string, sessionName: string) {
  const { principal } = accounts.callerForRole(roleArn, sessionName);
  if (principal.kind !== 'role-session') throw new Error(`Expected a session of ${roleArn}`);
  return { arn: principal.arn, id: `${accounts.role(roleArn)?.roleId ?? ''}:${sessionName}` };
}

function answered({ requestId }: EmbeddedStsPorts, output: object): SdkResult {
  return { kind: 'answer', output, http: { status: 200, headers: { 'x-amzn-requestid': requestId() } } };
}
