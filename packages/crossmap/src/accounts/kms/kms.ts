import { randomBytes, randomUUID } from 'node:crypto';
import { foreignKeyMessage } from '../../iam/denied-message.ts';
import type { Authorizer } from '../../iam/evaluate.ts';
import { PolicyError, type PrincipalIds, parsePolicy } from '../../iam/policy.ts';
import { shownPolicy } from '../../s3/bucket-policy.ts';
import { type Alias, aliasArn, type KmsKey, type KmsScope, keyArn, readKeyReference } from './key.ts';
import { KeyAccess, type KmsRequest, scopeOf } from './key-access.ts';
import { defaultKeyPolicy, managedKeyPolicy } from './key-policies.ts';
import type { KeyStore } from './key-store.ts';
import { KmsError } from './kms-error.ts';

export interface KmsOptions {
  readonly store: KeyStore;
  readonly authorizer: Authorizer;
  /** Epoch ms. */
  readonly now: () => number;
  /** Who key policies name. @default - they name by ARN, whoever has it */
  readonly principalIds?: PrincipalIds;
}

export interface KeyDefinition extends KmsScope {
  /** @default - a new one */
  readonly keyId?: string;
  readonly description?: string;
  /** A document. @default - the account's own policies decide */
  readonly policy?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly enabled?: boolean;
}

/** A key that a request names, and the alias it named it by, if it did. */
export interface NamedKey {
  readonly key: KmsKey;
  readonly requestAlias: string | undefined;
}

export const MANAGED_ALIAS = 'alias/aws/s3';
const LONGEST_POLICY = 32_768;

/** The KMS of all accounts and Regions: what its operations and the services that encrypt with its keys share. */
export class Kms {
  readonly store: KeyStore;
  readonly access: KeyAccess;
  readonly now: () => number;
  readonly #principalIds: PrincipalIds | undefined;

  constructor({ store, authorizer, now, principalIds }: KmsOptions) {
    this.store = store;
    this.now = now;
    this.access = new KeyAccess(authorizer, (arn) => store.aliasesOf(arn));
    this.#principalIds = principalIds;
  }

  /**
   * The key an identifier (key id, ARN, alias name, alias ARN) means to the caller of an operation. Errors:
   * `NotFoundException`; of another account's key that is not there, `AccessDeniedException`, as if it were.
   */
  named(request: KmsRequest, operation: string, identifier: string): NamedKey {
    const scope = scopeOf(request);
    const reference = readKeyReference(identifier, scope);
    const alias = reference.kind === 'alias' ? this.store.alias(reference.arn) : undefined;
    const key = this.store.key(alias?.targetKeyArn ?? reference.arn);
    if (key !== undefined) return { key, requestAlias: alias?.aliasName };
    if (reference.accountId !== scope.accountId) {
      throw new KmsError(
        'AccessDeniedException',
        foreignKeyMessage(request.caller.principal, `kms:${operation}`, reference.arn),
      );
    }
    const text =
      reference.kind === 'alias' ? `Alias ${reference.arn} is not found.` : `Key '${reference.arn}' does not exist`;
    throw new KmsError('NotFoundException', text);
  }

  /** The same for operations that take a key id or a key ARN only. */
  namedById(request: KmsRequest, operation: string, identifier: string): KmsKey {
    if (identifier.includes('alias/')) throw new KmsError('NotFoundException', `Invalid keyId '${identifier}'`);
    return this.named(request, operation, identifier).key;
  }

  /** The same for operations that only the key's own account has. */
  namedOwn(request: KmsRequest, operation: string, identifier: string): KmsKey {
    const key = this.namedById(request, operation, identifier);
    if (key.accountId === scopeOf(request).accountId) return key;
    throw new KmsError(
      'AccessDeniedException',
      foreignKeyMessage(request.caller.principal, `kms:${operation}`, key.arn),
    );
  }

  /** A key that is not there yet. Errors: `MalformedPolicyDocumentException`. */
  newKey(definition: KeyDefinition, ids = this.#principalIds): KmsKey {
    const { accountId, region, keyId = randomUUID(), description = '', tags = {}, enabled = true } = definition;
    const arn = keyArn(keyId, definition);
    const policy = definition.policy ?? defaultKeyPolicy(accountId);
    return {
      arn,
      keyId,
      accountId,
      region,
      keyManager: 'CUSTOMER',
      creationDate: this.now(),
      description,
      state: { kind: enabled ? 'Enabled' : 'Disabled' },
      policy,
      principalIds: this.boundPrincipals(policy, ids),
      tags,
      grants: [],
      material: randomBytes(32),
    };
  }

  /**
   * Makes a key without authorization, as CloudFormation does with rights of its own. One that is there becomes what the
   * definition says and keeps its material, its grants and, while it waits to be deleted, its state. `ids` are of the
   * users and roles that its policy may name.
   */
  async provisionKey(
    definition: KeyDefinition & { readonly keyId: string },
    ids: PrincipalIds | undefined = this.#principalIds,
  ): Promise<void> {
    const key = this.newKey(definition, ids);
    const existing = this.store.key(key.arn);
    if (existing === undefined) return this.store.putKey(key);
    const { creationDate, grants, material } = existing;
    const state = existing.state.kind === 'PendingDeletion' ? existing.state : key.state;
    await this.store.putKey({ ...key, creationDate, grants, material, state });
  }

  /** Points an alias to a key of the same account and Region without authorization. Errors: `NotFoundException`. */
  async provisionAlias(aliasName: string, targetKeyId: string, scope: KmsScope): Promise<void> {
    const key = this.store.key(readKeyReference(targetKeyId, scope).arn);
    if (key === undefined) throw new KmsError('NotFoundException', `Key '${targetKeyId}' does not exist`);
    await this.putAlias(aliasName, key);
  }

  /** The key `aws/s3` of an account and Region, which comes to be when S3 first needs it. */
  async managedKey(scope: KmsScope): Promise<KmsKey> {
    const { accountId, region } = scope;
    const known = this.store.alias(aliasArn(MANAGED_ALIAS, scope));
    const existing = known === undefined ? undefined : this.store.key(known.targetKeyArn);
    if (existing !== undefined) {
      // Another first request may be making it: nothing is encrypted with a key that a crash could take away.
      await this.store.durable();
      return existing;
    }
    const policy = managedKeyPolicy(scope);
    const description = 'Default key that protects my S3 objects when no other key is defined';
    const key: KmsKey = { ...this.newKey({ accountId, region, description, policy }), keyManager: 'AWS' };
    // Both at once: another first request must find them.
    await Promise.all([this.store.putKey(key), this.putAlias(MANAGED_ALIAS, key)]);
    return key;
  }

  /** Points an alias to a key without authorization, whether it is new or not. */
  async putAlias(aliasName: string, key: KmsKey): Promise<void> {
    const arn = aliasArn(aliasName, key);
    const now = this.now();
    const alias: Alias = {
      aliasArn: arn,
      aliasName,
      targetKeyArn: key.arn,
      creationDate: this.store.alias(arn)?.creationDate ?? now,
      lastUpdatedDate: now,
    };
    await this.store.putAlias(alias);
  }

  /** As it was put, except that a user or role that is gone is shown by the unique id it had. */
  shownPolicy({ policy, principalIds }: KmsKey): string {
    return shownPolicy({ document: policy, principalIds }, this.#principalIds);
  }

  /** The unique ids that a key policy binds. Errors: `MalformedPolicyDocumentException`. */
  boundPrincipals(policy: string, ids = this.#principalIds): Readonly<Record<string, string>> {
    if (Buffer.byteLength(policy) > LONGEST_POLICY) {
      throw new KmsError('LimitExceededException', `The key policy is longer than ${LONGEST_POLICY} bytes`);
    }
    try {
      return parsePolicy(JSON.parse(policy), 'key', ids).principalIds;
    } catch (error) {
      if (error instanceof PolicyError && error.principal !== undefined) {
        const text = 'Policy contains a statement with one or more invalid principals.';
        throw new KmsError('MalformedPolicyDocumentException', text);
      }
      if (error instanceof PolicyError || error instanceof SyntaxError) {
        throw new KmsError('MalformedPolicyDocumentException', error.message);
      }
      throw error;
    }
  }
}

/** Errors: `DisabledException`, `KMSInvalidStateException`. */
export function checkUsable(key: KmsKey): void {
  if (key.state.kind === 'Disabled') throw new KmsError('DisabledException', `${key.arn} is disabled.`);
  checkNotPendingDeletion(key);
}

/** Errors: `KMSInvalidStateException`. */
export function checkNotPendingDeletion({ state, arn }: KmsKey): void {
  if (state.kind === 'PendingDeletion') throw new KmsError('KMSInvalidStateException', `${arn} is pending deletion.`);
}
