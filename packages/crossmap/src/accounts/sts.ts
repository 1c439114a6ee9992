import type { Authorizer, Caller } from '../iam/evaluate.ts';
import { PolicyError, parsePolicy } from '../iam/policy.ts';
import type { Principal } from '../iam/principal.ts';
import type { Accounts } from './accounts.ts';
import { mayAssumeRole } from './assume-role.ts';
import { Constraints } from './constraints.ts';
import type { TemporaryCredentials } from './credentials.ts';
import { IamError } from './identities/iam-error.ts';
import { checkTags } from './identities/iam-state.ts';
import type { RoleSession, Session } from './session-tokens.ts';

export interface StsPorts {
  readonly accounts: Accounts;
  readonly authorizer: Authorizer;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Who asks. `session` is that of its credentials, absent for long-term ones. */
export interface StsCaller {
  readonly caller: Caller;
  readonly session?: Session | undefined;
  readonly region: string;
}

export interface AssumeRoleInput {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly externalId?: string | undefined;
  readonly durationSeconds?: number | undefined;
  /** JSON text. */
  readonly policy?: string | undefined;
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
}

export interface AssumedRole {
  readonly arn: string;
  /** `AROA…:session-name` */
  readonly assumedRoleId: string;
  readonly credentials: TemporaryCredentials;
  /** Percent of what session policies and tags may take; absent where there are none. */
  readonly packedPolicySize: number | undefined;
}

/** Bytes that the policies and tags of a session may take, compressed. AWS does not say how it counts; this is ours. */
const PACKED_LIMIT = 4096;
const HOUR = 3600;

/** Errors are thrown as `IamError`. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function assumeRole(ports: StsPorts, from: StsCaller, input: AssumeRoleInput): AssumedRole {
  checkInput(input);
  const { accounts } = ports;
  const { roleArn, roleSessionName: sessionName, policy, policyArns = [] } = input;
  const tags = { ...transitiveTags(from.session), ...input.tags };
  const assumption = { ...from, roleArn, sessionName, externalId: input.externalId };
  const { tags: asked = {}, transitiveTagKeys = [] } = input;
  const allowed = mayAssumeRole(accounts, ports.authorizer, { ...assumption, tags: asked, transitiveTagKeys });
  if (allowed.kind === 'refused') throw new IamError('AccessDenied', allowed.message);
  const role = accounts.role(roleArn)!;
  const seconds = durationOf(input, role.maxSessionDuration, from);
  if (policy !== undefined) checkSessionPolicy(policy);
  checkPolicyArns(accounts, policyArns, role.accountId);
  const session: RoleSession = {
    kind: 'role',
    roleArn,
    roleId: role.roleId,
    sessionName,
    expiration: ports.now() + seconds * 1000,
    ...(policy !== undefined && { policy }),
    ...(policyArns.length > 0 && { policyArns }),
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(transitiveTagKeys.length > 0 && { transitiveTagKeys }),
  };
  const credentials = accounts.issue(session);
  return {
    arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.roleName}/${sessionName}`,
    assumedRoleId: `${role.roleId}:${sessionName}`,
    credentials,
    packedPolicySize: packedSize(session, credentials),
  };
}

/** Everybody may ask who they are. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export function callerIdentity(principal: Principal): {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
} {
  switch (principal.kind) {
    case 'anonymous':
      throw new IamError('MissingAuthenticationToken', 'Request is missing Authentication Token');
    case 'root':
      return { account: principal.accountId, arn: principal.arn, userId: principal.accountId };
    case 'iam-user':
      return { account: principal.accountId, arn: principal.arn, userId: principal.id };
    case 'role-session': {
      const sessionName = principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
      return { account: principal.accountId, arn: principal.arn, userId: `${principal.id}:${sessionName}` };
    }
  }
}

/** Needs no permission. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
export function sessionToken(
  { accounts, now }: StsPorts,
  { caller: { principal }, session }: StsCaller,
  durationSeconds: number | undefined,
): TemporaryCredentials {
  const constraints = new Constraints();
  if (durationSeconds !== undefined)
    constraints.integer('durationSeconds', durationSeconds, { min: 900, max: 129_600 });
  constraints.check();
  if (session !== undefined || (principal.kind !== 'root' && principal.kind !== 'iam-user')) {
    throw new IamError('AccessDenied', 'Cannot call GetSessionToken with session credentials');
  }
  if (principal.kind === 'iam-user') {
    const expiration = now() + (durationSeconds ?? 12 * HOUR) * 1000;
    return accounts.issue({ kind: 'user', userArn: principal.arn, userId: principal.id, expiration });
  }
  const expiration = now() + Math.min(durationSeconds ?? HOUR, HOUR) * 1000;
  return accounts.issue({ kind: 'root', accountId: principal.accountId, expiration });
}

function checkInput({
  roleArn,
  roleSessionName,
  externalId,
  durationSeconds,
  policy,
  policyArns = [],
  tags = {},
}: AssumeRoleInput): void {
  const constraints = new Constraints();
  constraints.text('roleArn', roleArn, { min: 20, max: 2048 });
  constraints.text('roleSessionName', roleSessionName, { min: 2, max: 64, pattern: /[\w+=,.@-]*/ });
  if (externalId !== undefined) {
    constraints.text('externalId', externalId, { min: 2, max: 1224, pattern: /[\w+=,.@:/-]*/ });
  }
  if (durationSeconds !== undefined) constraints.integer('durationSeconds', durationSeconds, { min: 900, max: 43_200 });
  if (policy !== undefined) constraints.text('policy', policy, { min: 1, max: 2048 });
  for (const [index, arn] of policyArns.entries()) {
    constraints.text(`policyArns.${index + 1}.member.arn`, arn, { min: 20, max: 2048 });
  }
  for (const [index, [key, value]] of Object.entries(tags).entries()) {
    constraints.text(`tags.${index + 1}.member.key`, key, { min: 1, max: 128 });
    constraints.text(`tags.${index + 1}.member.value`, value, { max: 256 });
  }
  constraints.check();
  if (!/^arn:aws:iam::\d{12}:role\/./.test(roleArn)) throw new IamError('ValidationError', `${roleArn} is invalid`);
  if (policyArns.length > 10) {
    throw new IamError('ValidationError', 'Cannot exceed quota for PolicyArns: 10');
  }
  checkTags(tags);
}

function durationOf({ durationSeconds = HOUR }: AssumeRoleInput, most: number, { session, caller }: StsCaller): number {
  if ((session?.kind === 'role' || caller.principal.kind === 'role-session') && durationSeconds > HOUR) {
    throw new IamError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (durationSeconds <= most) return durationSeconds;
  throw new IamError(
    'ValidationError',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  );
}

function checkSessionPolicy(policy: string): void {
  try {
    parsePolicy(JSON.parse(policy), 'session');
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new IamError('MalformedPolicyDocument', 'This policy contains invalid Json');
    if (error instanceof PolicyError) throw new IamError('MalformedPolicyDocument', error.message);
    throw error;
  }
}

/** Policies of AWS or of the role's account. */
function checkPolicyArns({ iam }: Accounts, policyArns: readonly string[], accountId: string): void {
  for (const arn of policyArns) {
    const owner = iam.entities.byArn('policy', arn)?.accountId;
    if (owner !== 'aws' && owner !== accountId) throw new IamError('ValidationError', `PolicyArn ${arn} is not valid`);
  }
}

function transitiveTags(session: Session | undefined): Readonly<Record<string, string>> {
  if (session?.kind !== 'role') return {};
  const { tags = {}, transitiveTagKeys = [] } = session;
  return Object.fromEntries(Object.entries(tags).filter(([key]) => transitiveTagKeys.includes(key)));
}

function packedSize(
  { policy, policyArns, tags }: RoleSession,
  { sessionToken }: TemporaryCredentials,
): number | undefined {
  if (policy === undefined && policyArns === undefined && tags === undefined) return undefined;
  const percent = Math.ceil((100 * sessionToken.length) / PACKED_LIMIT);
  if (percent <= 100) return percent;
  const message = `Packed size of session tags consumes ${percent}% of allotted space.`;
  throw new IamError('PackedPolicyTooLarge', message);
}
