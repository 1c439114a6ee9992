import { randomBytes } from 'node:crypto';
import type { Caller, NamedPolicy } from '../iam/evaluate.ts';
import { type PrincipalIds, parsePolicy } from '../iam/policy.ts';
import { canonicalUserId } from '../s3/bucket.ts';
import type { Database } from '../sqlite/database.ts';
import {
  type AccessKey,
  type CredentialsRefusal,
  credentialsRefused,
  newAccessKey,
  type RandomBytes,
  type TemporaryCredentials,
} from './credentials.ts';
import { createAccessKey } from './identities/access-keys.ts';
import { attachPolicy, putInlinePolicy } from './identities/attachments.ts';
import { Entities, type KeyHolder } from './identities/entities.ts';
import type { AccountEntity, RoleEntity, UserEntity } from './identities/entity.ts';
import { IamError } from './identities/iam-error.ts';
import type { IamState } from './identities/iam-state.ts';
import { managedPolicyOf, type PrincipalPolicies, policiesOf, trustPolicyOf } from './identities/policies-of.ts';
import { createRole } from './identities/roles.ts';
import { createUser } from './identities/users.ts';
import type { Membership, Organization } from './organization.ts';
import { type AssumeRoleRefusal, assumeServiceRole } from './service-role.ts';
import { type RoleSession, type Session, SessionTokens } from './session-tokens.ts';

export { IamError };

/** A policy document (a parsed JSON value) under the name it has on its role or user. */
export interface PolicyDocument {
  readonly name: string;
  readonly document: unknown;
}

export interface RoleDefinition {
  readonly accountId: string;
  readonly roleName: string;
  /** @default / */
  readonly path?: string;
  readonly trustPolicy: unknown;
  readonly policies?: readonly PolicyDocument[];
  readonly managedPolicyArns?: readonly string[];
  readonly description?: string;
  /** Seconds. @default 3600 */
  readonly maxSessionDuration?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** ARN of a managed policy. */
  readonly permissionsBoundary?: string;
}

export interface Role {
  readonly arn: string;
  readonly roleId: string;
  readonly accountId: string;
  readonly roleName: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly trustPolicy: NamedPolicy;
}

export interface UserDefinition {
  readonly accountId: string;
  readonly userName: string;
  readonly policies?: readonly PolicyDocument[];
  readonly managedPolicyArns?: readonly string[];
}

export interface User {
  readonly arn: string;
  readonly userId: string;
  readonly accountId: string;
  readonly userName: string;
}

/** `developer` is the IAM user `crossmap`, who has AdministratorAccess and comes to be when first asked for. */
export interface Account {
  readonly accountId: string;
  readonly developer: User & { readonly accessKey: AccessKey };
}

export interface AuthenticatedCaller {
  readonly kind: 'found';
  readonly caller: Caller;
  readonly secretAccessKey: string;
  /** Absent for long-term access keys. */
  readonly session?: Session;
}

const HOUR = 3_600_000;

/**
 * The embedded accounts with their users, groups, roles, policies and access keys. An account exists from the first
 * time it is named. Everything is kept in memory and, with a database, on disk.
 */
export class Accounts {
  /** What the operations of IAM work on. */
  readonly iam: IamState;
  #organization: Organization | undefined;
  readonly #now: () => number;
  readonly #random: RandomBytes;
  readonly #tokens: SessionTokens;
  readonly #developers = new Map<string, Account['developer']>();
  readonly #policies = new WeakMap<UserEntity | RoleEntity, PrincipalPolicies & { readonly revision: number }>();

  constructor(options: { readonly now: () => number; readonly random?: RandomBytes; readonly database?: Database }) {
    const { now, random = randomBytes, database } = options;
    this.#now = now;
    this.#random = random;
    const entities = new Entities(database);
    this.#tokens = new SessionTokens(random, database && entities.sealKey(() => random(32)));
    this.iam = { entities, now, random, principalIds: this.principalIds };
  }

  /** Creates the account when it is not there yet. */
  account(accountId: string): Account {
    this.accountEntity(accountId);
    const developer = () => this.#developer(accountId);
    return {
      accountId,
      get developer() {
        return developer();
      },
    };
  }

  /** The same, as IAM keeps it. Its id is the canonical user id, which is S3's name of the account. */
  accountEntity(accountId: string): AccountEntity {
    const known = this.iam.entities.find('account', accountId, '');
    if (known !== undefined) return known;
    if (!/^\d{12}$/.test(accountId)) {
      throw new IamError('InvalidInput', `Expected an account id of 12 digits, got \`${accountId}\``);
    }
    const account: AccountEntity = {
      kind: 'account',
      accountId,
      name: '',
      path: '/',
      arn: `arn:aws:iam::${accountId}:root`,
      id: canonicalUserId(accountId),
      createDate: this.#now(),
      tags: {},
      accessKeys: [],
    };
    this.iam.entities.put(account);
    return account;
  }

  /** Puts accounts into an organization, which there is one of at most. */
  join(organization: Organization): void {
    this.#organization = organization;
  }

  /** The account's place in its organization; `undefined` for an account that is in none. */
  membership(accountId: string): Membership | undefined {
    return this.#organization?.member(accountId);
  }

  /** The port by which policies of resources know users, roles and, by canonical user ids, accounts. */
  readonly principalIds: PrincipalIds = (arnOrId) => {
    const { entities } = this.iam;
    const found = entities.byArn('user', arnOrId) ?? entities.byArn('role', arnOrId) ?? entities.byId(arnOrId);
    if (found?.kind === 'account') return found.accountId;
    return found?.kind === 'user' || found?.kind === 'role' ? found.id : undefined;
  };

  createUser({ accountId, userName, policies = [], managedPolicyArns = [] }: UserDefinition): User {
    this.account(accountId);
    checkName('user name', userName);
    const { arn } = createUser(this.iam, { accountId, name: userName });
    this.#attach(() => this.iam.entities.get('user', accountId, userName), policies, managedPolicyArns);
    return userOf(this.iam.entities.byArn('user', arn)!);
  }

  /** Creates a role with its policies, or nothing. `principalIds` tells the users and roles that its trust policy may name. */
  createRole(definition: RoleDefinition, principalIds = this.principalIds): Role {
    const { accountId, roleName, trustPolicy, policies = [], managedPolicyArns = [], ...others } = definition;
    const { permissionsBoundary: boundary, path, ...described } = others;
    this.account(accountId);
    checkName('role name', roleName);
    checkPath(path);
    const { entities } = this.iam;
    const role = createRole(
      { ...this.iam, principalIds },
      { ...described, accountId, name: roleName, path, boundary, trustPolicy: JSON.stringify(trustPolicy) },
    );
    try {
      this.#attach(() => entities.get('role', accountId, roleName), policies, managedPolicyArns);
    } catch (error) {
      entities.remove(entities.get('role', accountId, roleName));
      throw error;
    }
    return roleOf(role);
  }

  /** Adds a policy to a role, or replaces the one of that name. Sessions of the role have it from now on. */
  putRolePolicy(roleArn: string, { name, document }: PolicyDocument): void {
    putInlinePolicy(this.iam, this.#existingRole(roleArn), name, JSON.stringify(document));
  }

  attachRolePolicy(roleArn: string, policyArn: string): void {
    attachPolicy(this.iam, this.#existingRole(roleArn), policyArn);
  }

  role(roleArn: string): Role | undefined {
    const role = this.iam.entities.byArn('role', roleArn);
    return role && roleOf(role);
  }

  user(userArn: string): User | undefined {
    const user = this.iam.entities.byArn('user', userArn);
    return user && userOf(user);
  }

  /** The caller of a session of the role, with the policies that the role has now. */
  callerForRole(roleArn: string, sessionName: string): Caller {
    return this.#roleCaller(this.#existingRole(roleArn), sessionName);
  }

  /** Credentials of a new session of the role, for `durationMs` (one hour). Asks no trust policy. */
  credentialsForRole(roleArn: string, sessionName: string, durationMs = HOUR): TemporaryCredentials {
    const { id } = this.#existingRole(roleArn);
    checkName('session name', sessionName);
    return this.issue({ kind: 'role', roleArn, roleId: id, sessionName, expiration: this.#now() + durationMs });
  }

  issue(session: Session): TemporaryCredentials {
    return this.#tokens.issue(session.kind === 'role' ? { ...session, issued: this.#now() } : session);
  }

  /** Whose credentials these are, in the error codes of S3. The caller has the policies of this moment. */
  caller(accessKeyId: string, sessionToken?: string): AuthenticatedCaller | CredentialsRefusal {
    if (sessionToken === undefined) {
      const holder = this.iam.entities.byAccessKey(accessKeyId);
      if (holder?.accessKey.status !== 'Active') return credentialsRefused('InvalidAccessKeyId');
      return { kind: 'found', caller: this.#ownerOf(holder), secretAccessKey: holder.accessKey.secretAccessKey };
    }
    const opened = this.#tokens.open(accessKeyId, sessionToken);
    if (opened === undefined) return credentialsRefused('InvalidToken');
    const { session, secretAccessKey } = opened;
    if (session.expiration <= this.#now()) return credentialsRefused('ExpiredToken');
    const caller = this.#callerOf(session);
    if (caller === undefined) return credentialsRefused('InvalidToken');
    return { kind: 'found', caller, secretAccessKey, session };
  }

  /**
   * Lets a service (`lambda.amazonaws.com`) assume a role, if the role's trust policy lets it in by its global or by
   * its Regional name. `sourceArn` is the resource it acts for, such as the state machine.
   */
  assumeServiceRole(
    roleArn: string,
    servicePrincipal: string,
    sessionName: string,
    sourceArn?: string,
  ): { readonly kind: 'caller'; readonly caller: Caller } | AssumeRoleRefusal {
    return assumeServiceRole(this.role(roleArn), { roleArn, servicePrincipal, sourceArn }, () =>
      this.callerForRole(roleArn, sessionName),
    );
  }

  #developer(accountId: string): Account['developer'] {
    const known = this.#developers.get(accountId);
    if (known !== undefined) return known;
    const managedPolicyArns = ['arn:aws:iam::aws:policy/AdministratorAccess'];
    const user = this.createUser({ accountId, userName: 'crossmap', managedPolicyArns });
    const accessKey = newAccessKey(this.#random);
    createAccessKey(this.iam, this.iam.entities.get('user', accountId, 'crossmap'), accessKey);
    const developer = { ...user, accessKey };
    this.#developers.set(accountId, developer);
    return developer;
  }

  #attach(
    identity: () => UserEntity | RoleEntity,
    policies: readonly PolicyDocument[],
    managedPolicyArns: readonly string[],
  ): void {
    for (const { name, document } of policies) putInlinePolicy(this.iam, identity(), name, JSON.stringify(document));
    for (const arn of managedPolicyArns) attachPolicy(this.iam, identity(), arn);
  }

  #existingRole(roleArn: string): RoleEntity {
    const role = this.iam.entities.byArn('role', roleArn);
    if (role === undefined) throw new IamError('NoSuchEntity', `The role with ARN ${roleArn} cannot be found.`);
    return role;
  }

  #ownerOf({ owner }: KeyHolder): Caller {
    return owner.kind === 'user' ? this.#userCaller(owner) : rootCaller(owner.accountId);
  }

  /** `undefined` when user or role are gone, whoever has their names now. */
  #callerOf(session: Session): Caller | undefined {
    const { entities } = this.iam;
    switch (session.kind) {
      case 'root':
        return rootCaller(session.accountId);
      case 'user': {
        const user = entities.byId(session.userId);
        return user?.kind === 'user' ? this.#userCaller(user) : undefined;
      }
      case 'role': {
        const role = entities.byArn('role', session.roleArn);
        return role?.id === session.roleId ? this.#roleCaller(role, session.sessionName, session) : undefined;
      }
    }
  }

  #userCaller(user: UserEntity): Caller {
    const { accountId, arn, id, name, tags } = user;
    const { revision: _, ...policies } = this.#policiesOf(user);
    return { principal: { kind: 'iam-user', accountId, arn, id, userName: name, ...someTags(tags) }, ...policies };
  }

  #roleCaller(role: RoleEntity, sessionName: string, session?: RoleSession): Caller {
    const { accountId, arn: roleArn, id, name, tags } = role;
    const arn = `arn:aws:sts::${accountId}:assumed-role/${name}/${sessionName}`;
    const { revision: _, ...policies } = this.#policiesOf(role);
    const sessionPolicies = session && this.#sessionPolicies(session);
    return {
      principal: {
        kind: 'role-session',
        accountId,
        arn,
        id,
        roleArn,
        ...(session?.issued !== undefined && { issued: session.issued }),
        ...someTags({ ...tags, ...session?.tags }),
      },
      ...policies,
      ...(sessionPolicies && { sessionPolicies }),
    };
  }

  /** `undefined` for a session that was given none: it can do what its role can. */
  #sessionPolicies({ policy, policyArns = [] }: RoleSession): readonly NamedPolicy[] | undefined {
    if (policy === undefined && policyArns.length === 0) return undefined;
    const managed = policyArns.flatMap((arn) => this.iam.entities.byArn('policy', arn) ?? []);
    return [
      ...(policy === undefined ? [] : [{ name: 'session policy', policy: compiledSessionPolicy(policy) }]),
      ...managed.map((each) => ({ name: `session policy ${each.arn}`, policy: managedPolicyOf(each) })),
    ];
  }

  #policiesOf(entity: UserEntity | RoleEntity): PrincipalPolicies & { readonly revision: number } {
    const { entities } = this.iam;
    const known = this.#policies.get(entity);
    if (known?.revision === entities.revision) return known;
    const policies = { ...policiesOf(entity, entities), revision: entities.revision };
    this.#policies.set(entity, policies);
    return policies;
  }
}

const MOST_SESSION_POLICIES = 1000;
const sessionPolicies = new Map<string, NamedPolicy['policy']>();

/** A client sends its session with every request. */
function compiledSessionPolicy(document: string): NamedPolicy['policy'] {
  const known = sessionPolicies.get(document);
  if (known !== undefined) return known;
  if (sessionPolicies.size >= MOST_SESSION_POLICIES) sessionPolicies.clear();
  const policy = parsePolicy(JSON.parse(document), 'session');
  sessionPolicies.set(document, policy);
  return policy;
}

function rootCaller(accountId: string): Caller {
  return { principal: { kind: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` }, identityPolicies: [] };
}

function someTags(tags: Readonly<Record<string, string>>): { readonly tags?: Readonly<Record<string, string>> } {
  return Object.keys(tags).length === 0 ? {} : { tags };
}

function roleOf(role: RoleEntity): Role {
  const { arn, id, accountId, name, maxSessionDuration } = role;
  return { arn, roleId: id, accountId, roleName: name, maxSessionDuration, trustPolicy: trustPolicyOf(role) };
}

function userOf({ arn, id, accountId, name }: UserEntity): User {
  return { arn, userId: id, accountId, userName: name };
}

function checkName(what: string, name: string): void {
  if (/^[\w+=,.@-]{1,64}$/.test(name)) return;
  throw new IamError('InvalidInput', `Expected a ${what} of 1 to 64 characters of \`[\\w+=,.@-]\`, got \`${name}\``);
}

function checkPath(path = '/'): void {
  if (/^\/([\x21-\x7e]+\/)?$/.test(path)) return;
  throw new IamError('InvalidInput', `Expected a path that begins and ends with \`/\`, got \`${path}\``);
}
