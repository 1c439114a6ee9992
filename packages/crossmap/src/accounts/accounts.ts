import { randomBytes } from 'node:crypto';
import type { Caller, NamedPolicy } from '../iam/evaluate.ts';
import { type PrincipalIds, parsePolicy } from '../iam/policy.ts';
import type { Principal } from '../iam/principal.ts';
import {
  type AccessKey,
  type CredentialsRefusal,
  credentialsRefused,
  newAccessKey,
  type RandomBytes,
  SessionTokens,
  type TemporaryCredentials,
  uniqueId,
} from './credentials.ts';
import { managedPolicy } from './managed-policies.ts';
import type { Membership, Organization } from './organization.ts';
import { type AssumeRoleRefusal, assumeServiceRole } from './service-role.ts';

/** An error of the IAM API, with its code. */
export class IamError extends Error {
  override readonly name = 'IamError';
  readonly code: 'EntityAlreadyExists' | 'NoSuchEntity' | 'InvalidInput';

  constructor(code: IamError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

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
  /** ARNs of policies that AWS manages. */
  readonly managedPolicyArns?: readonly string[];
}

export interface Role {
  readonly arn: string;
  readonly roleId: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly trustPolicy: NamedPolicy;
  readonly policies: readonly NamedPolicy[];
}

export interface UserDefinition {
  readonly accountId: string;
  readonly userName: string;
  /** @default / */
  readonly path?: string;
  readonly policies?: readonly PolicyDocument[];
  readonly managedPolicyArns?: readonly string[];
  /** @default - one that is made for it */
  readonly accessKeys?: readonly AccessKey[];
}

export interface User {
  readonly arn: string;
  readonly userId: string;
  readonly accountId: string;
  readonly userName: string;
  readonly policies: readonly NamedPolicy[];
  readonly accessKeys: readonly AccessKey[];
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
}

const HOUR = 3_600_000;

/**
 * The embedded accounts with their IAM roles and users. An account exists from the first time it is named. Policies
 * are compiled when they are attached: `PolicyError` for one that IAM or Crossmap does not take.
 */
export class Accounts {
  #organization: Organization | undefined;
  readonly #now: () => number;
  readonly #random: RandomBytes;
  readonly #tokens: SessionTokens;
  readonly #accounts = new Map<string, Account>();
  readonly #roles = new Map<string, Role>();
  readonly #users = new Map<string, User>();
  readonly #accessKeys = new Map<string, { readonly secretAccessKey: string; readonly caller: () => Caller }>();

  constructor(options: { readonly now: () => number; readonly random?: RandomBytes }) {
    this.#now = options.now;
    this.#random = options.random ?? randomBytes;
    this.#tokens = new SessionTokens(this.#random);
  }

  /** Creates the account when it is not there yet. */
  account(accountId: string): Account {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    if (!/^\d{12}$/.test(accountId)) {
      throw new IamError('InvalidInput', `Expected an account id of 12 digits, got \`${accountId}\``);
    }
    let developer: Account['developer'] | undefined;
    const create = () => {
      const managedPolicyArns = ['arn:aws:iam::aws:policy/AdministratorAccess'];
      const accessKey = newAccessKey(this.#random);
      const definition = { accountId, userName: 'crossmap', managedPolicyArns, accessKeys: [accessKey] };
      return { ...this.createUser(definition), accessKey };
    };
    const account: Account = {
      accountId,
      get developer() {
        developer ??= create();
        return developer;
      },
    };
    this.#accounts.set(accountId, account);
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

  /** The port by which policies of resources know users and roles. */
  readonly principalIds: PrincipalIds = (arnOrId) => {
    const user = this.#users.get(arnOrId) ?? [...this.#users.values()].find(({ userId }) => userId === arnOrId);
    if (user !== undefined) return user.userId;
    const role = this.#roles.get(arnOrId) ?? [...this.#roles.values()].find(({ roleId }) => roleId === arnOrId);
    return role?.roleId;
  };

  /** Gives the root user of the account an access key. */
  createRootAccessKey(accountId: string, accessKey: AccessKey): void {
    this.account(accountId);
    const principal: Principal = { kind: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` };
    this.#addAccessKey(accessKey, () => ({ principal, identityPolicies: [] }));
  }

  createUser(definition: UserDefinition): User {
    const { accountId, userName, path = '/', policies = [], managedPolicyArns = [] } = definition;
    this.account(accountId);
    checkName('user name', userName);
    checkPath(path);
    for (const other of this.#users.values()) {
      if (other.accountId === accountId && other.userName.toLowerCase() === userName.toLowerCase()) {
        throw new IamError('EntityAlreadyExists', `User with name ${userName} already exists.`);
      }
    }
    const arn = `arn:aws:iam::${accountId}:user${path}${userName}`;
    const user: User = {
      arn,
      userId: uniqueId('AIDA', this.#random),
      accountId,
      userName,
      policies: attached(`user ${arn}`, policies, managedPolicyArns),
      accessKeys: definition.accessKeys ?? [newAccessKey(this.#random)],
    };
    this.#users.set(arn, user);
    const principal: Principal = { kind: 'iam-user', accountId, arn, id: user.userId, userName };
    for (const accessKey of user.accessKeys) {
      this.#addAccessKey(accessKey, () => ({ principal, identityPolicies: user.policies }));
    }
    return user;
  }

  createRole(definition: RoleDefinition): Role {
    const { accountId, roleName, path = '/', trustPolicy, policies = [], managedPolicyArns = [] } = definition;
    this.account(accountId);
    checkName('role name', roleName);
    checkPath(path);
    for (const other of this.#roles.values()) {
      if (other.accountId === accountId && other.roleName.toLowerCase() === roleName.toLowerCase()) {
        throw new IamError('EntityAlreadyExists', `Role with name ${roleName} already exists.`);
      }
    }
    const arn = `arn:aws:iam::${accountId}:role${path}${roleName}`;
    const role: Role = {
      arn,
      roleId: uniqueId('AROA', this.#random),
      accountId,
      roleName,
      trustPolicy: { name: `trust policy of role ${arn}`, policy: parsePolicy(trustPolicy, 'trust') },
      policies: attached(`role ${arn}`, policies, managedPolicyArns),
    };
    this.#roles.set(arn, role);
    return role;
  }

  /** Adds a policy to a role, or replaces the one of that name. Sessions of the role have it from now on. */
  putRolePolicy(roleArn: string, policy: PolicyDocument): void {
    const role = this.#existingRole(roleArn);
    const added = attached(`role ${roleArn}`, [policy], []);
    const others = role.policies.filter(({ name }) => name !== added[0]?.name);
    this.#roles.set(roleArn, { ...role, policies: [...others, ...added] });
  }

  role(roleArn: string): Role | undefined {
    return this.#roles.get(roleArn);
  }

  user(userArn: string): User | undefined {
    return this.#users.get(userArn);
  }

  /** The caller of a session of the role, with the policies that the role has now. */
  callerForRole(roleArn: string, sessionName: string): Caller {
    const { accountId, roleName, roleId, policies } = this.#existingRole(roleArn);
    const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`;
    return { principal: { kind: 'role-session', accountId, arn, id: roleId, roleArn }, identityPolicies: policies };
  }

  /** Credentials of a new session of the role, for `durationMs` (one hour). Asks no trust policy. */
  credentialsForRole(roleArn: string, sessionName: string, durationMs = HOUR): TemporaryCredentials {
    this.#existingRole(roleArn);
    checkName('session name', sessionName);
    return this.#tokens.issue({ roleArn, sessionName, expiration: this.#now() + durationMs });
  }

  /** Whose credentials these are, in the error codes of S3. The caller has the policies of this moment. */
  caller(accessKeyId: string, sessionToken?: string): AuthenticatedCaller | CredentialsRefusal {
    if (sessionToken === undefined) {
      const known = this.#accessKeys.get(accessKeyId);
      if (known === undefined) return credentialsRefused('InvalidAccessKeyId');
      return { kind: 'found', caller: known.caller(), secretAccessKey: known.secretAccessKey };
    }
    const opened = this.#tokens.open(accessKeyId, sessionToken);
    if (opened === undefined) return credentialsRefused('InvalidToken');
    const { roleArn, sessionName, expiration } = opened.session;
    if (expiration <= this.#now()) return credentialsRefused('ExpiredToken');
    const { secretAccessKey } = opened;
    return { kind: 'found', caller: this.callerForRole(roleArn, sessionName), secretAccessKey };
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
    return assumeServiceRole(this.#roles.get(roleArn), { roleArn, servicePrincipal, sourceArn }, () =>
      this.callerForRole(roleArn, sessionName),
    );
  }

  #addAccessKey({ accessKeyId, secretAccessKey }: AccessKey, caller: () => Caller): void {
    if (this.#accessKeys.has(accessKeyId)) {
      throw new IamError('EntityAlreadyExists', `The access key ${accessKeyId} already exists.`);
    }
    this.#accessKeys.set(accessKeyId, { secretAccessKey, caller });
  }

  #existingRole(roleArn: string): Role {
    const role = this.#roles.get(roleArn);
    if (role === undefined) throw new IamError('NoSuchEntity', `The role with ARN ${roleArn} cannot be found.`);
    return role;
  }
}

function attached(
  owner: string,
  policies: readonly PolicyDocument[],
  managedPolicyArns: readonly string[],
): readonly NamedPolicy[] {
  return [
    ...policies.map(({ name, document }) => ({
      name: `${name} of ${owner}`,
      policy: parsePolicy(document, 'identity'),
    })),
    ...managedPolicyArns.map((arn) => {
      const policy = managedPolicy(arn);
      if (policy === undefined) {
        throw new IamError('NoSuchEntity', `The managed policy ${arn} is not supported (attached to ${owner})`);
      }
      return { name: `${arn} of ${owner}`, policy };
    }),
  ];
}

function checkName(what: string, name: string): void {
  if (/^[\w+=,.@-]{1,64}$/.test(name)) return;
  throw new IamError('InvalidInput', `Expected a ${what} of 1 to 64 characters of \`[\\w+=,.@-]\`, got \`${name}\``);
}

function checkPath(path: string): void {
  if (/^\/([\x21-\x7e]+\/)?$/.test(path)) return;
  throw new IamError('InvalidInput', `Expected a path that begins and ends with \`/\`, got \`${path}\``);
}
