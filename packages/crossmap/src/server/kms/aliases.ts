import { aliasArn, type KmsKey } from '../../accounts/kms/key.ts';
import { type KmsRequest, scopeOf } from '../../accounts/kms/key-access.ts';
import { checkNotPendingDeletion, type Kms } from '../../accounts/kms/kms.ts';
import { KmsError } from '../../accounts/kms/kms-error.ts';
import { type KmsOperation, seconds } from './operation.ts';
import { page } from './pages.ts';
import type { KmsParameters } from './parameters.ts';

/*
 * An alias is changed by who may change it and the key it points to.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
 */

export const createAlias: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['aliasName', 'targetKeyId']);
  const aliasName = ownAliasName(input);
  const key = kms.namedOwn(request, 'CreateAlias', input.string('targetKeyId'));
  authorize(kms, request, { operation: 'CreateAlias', aliasName, keys: [key] });
  checkNotPendingDeletion(key);
  const arn = aliasArn(aliasName, key);
  if (kms.store.alias(arn) !== undefined) {
    throw new KmsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
  }
  await kms.putAlias(aliasName, key);
  return {};
};

export const updateAlias: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['aliasName', 'targetKeyId']);
  const aliasName = ownAliasName(input);
  const current = kms.named(request, 'UpdateAlias', aliasName).key;
  const key = kms.namedOwn(request, 'UpdateAlias', input.string('targetKeyId'));
  authorize(kms, request, { operation: 'UpdateAlias', aliasName, keys: [current, key] });
  checkNotPendingDeletion(key);
  await kms.putAlias(aliasName, key);
  return {};
};

export const deleteAlias: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['aliasName']);
  const aliasName = ownAliasName(input);
  const { key } = kms.named(request, 'DeleteAlias', aliasName);
  authorize(kms, request, { operation: 'DeleteAlias', aliasName, keys: [key] });
  await kms.store.deleteAlias(aliasArn(aliasName, key));
  return {};
};

export const listAliases: KmsOperation = async (input, kms, request) => {
  input.refuseOthers(['keyId', 'limit', 'marker']);
  kms.access.authorizeInAccount(request, 'ListAliases');
  const keyId = input.optionalString('keyId');
  const key = keyId === undefined ? undefined : kms.namedOwn(request, 'ListAliases', keyId);
  const aliases = kms.store
    .aliases(scopeOf(request))
    .filter(({ targetKeyArn }) => key === undefined || targetKeyArn === key.arn);
  const { items, rest } = page(input, aliases, { most: 100, otherwise: 50 });
  return {
    Aliases: items.map((alias) => ({
      AliasName: alias.aliasName,
      AliasArn: alias.aliasArn,
      TargetKeyId: alias.targetKeyArn.slice(alias.targetKeyArn.lastIndexOf('/') + 1),
      CreationDate: seconds(alias.creationDate),
      LastUpdatedDate: seconds(alias.lastUpdatedDate),
    })),
    ...rest,
  };
};

/** Names that begin with `alias/aws/` are AWS's. */
function ownAliasName(input: KmsParameters): string {
  const name = input.string('aliasName');
  if (!name.startsWith('alias/')) {
    throw new KmsError(
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(name)) {
    throw new KmsError('ValidationException', `${name} contains invalid characters for an alias`);
  }
  if (name.startsWith('alias/aws/')) throw new KmsError('NotFoundException', 'Alias must not begin with alias/aws/');
  return name;
}

function authorize(
  kms: Kms,
  request: KmsRequest,
  {
    operation,
    aliasName,
    keys,
  }: { readonly operation: string; readonly aliasName: string; readonly keys: readonly KmsKey[] },
): void {
  kms.access.authorizeInAccount(request, operation, aliasArn(aliasName, scopeOf(request)));
  for (const key of keys) kms.access.authorize(request, { operation, key });
}
