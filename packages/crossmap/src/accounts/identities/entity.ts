/** Policy documents (JSON text, as it was given) by name. */
export type InlinePolicies = Readonly<Record<string, string>>;

interface Entity {
  /** 12 digits; `aws` for the policies that AWS manages. */
  readonly accountId: string;
  /** Taken once in an account for each kind, whatever its case and path. */
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** Unique for ever: an entity that is deleted and made anew has another. */
  readonly id: string;
  /** Epoch ms. */
  readonly createDate: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** What policies can be attached to. */
interface Identity extends Entity {
  readonly inline: InlinePolicies;
  /** ARNs of managed policies, in the order they were attached. */
  readonly attached: readonly string[];
}

export interface StoredAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly status: 'Active' | 'Inactive';
  /** Epoch ms. */
  readonly createDate: number;
}

export interface UserEntity extends Identity {
  readonly kind: 'user';
  /** ARN of a managed policy. */
  readonly boundary?: string;
  /** Names of groups of the account, as the groups have them. */
  readonly groups: readonly string[];
  readonly accessKeys: readonly StoredAccessKey[];
}

export interface RoleEntity extends Identity {
  readonly kind: 'role';
  readonly description?: string;
  readonly boundary?: string;
  readonly trustPolicy: string;
  /** The unique ids that the users and roles of the trust policy had when it was attached, by ARN. */
  readonly trusted: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly maxSessionDuration: number;
}

export interface GroupEntity extends Identity {
  readonly kind: 'group';
}

export interface PolicyVersion {
  /** `v1` */
  readonly versionId: string;
  readonly document: string;
  readonly createDate: number;
}

/** A managed policy. */
export interface PolicyEntity extends Entity {
  readonly kind: 'policy';
  readonly description?: string;
  /** Oldest first. */
  readonly versions: readonly PolicyVersion[];
  readonly defaultVersionId: string;
  /** Numbers of versions are never given twice. */
  readonly latestVersion: number;
  /** Epoch ms, of the last change of versions. */
  readonly updateDate: number;
}

/** The account itself, with the access keys of its root user. Its name is empty. */
export interface AccountEntity extends Entity {
  readonly kind: 'account';
  readonly accessKeys: readonly StoredAccessKey[];
}

export type AnyEntity = UserEntity | RoleEntity | GroupEntity | PolicyEntity | AccountEntity;
export type EntityKind = AnyEntity['kind'];
export type EntityOf<K extends EntityKind> = Extract<AnyEntity, { readonly kind: K }>;
export type IdentityEntity = UserEntity | RoleEntity | GroupEntity;
