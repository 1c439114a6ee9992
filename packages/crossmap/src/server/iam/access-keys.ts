import {
  createAccessKey,
  deleteAccessKey,
  type KeyOwner,
  updateAccessKey,
} from '../../accounts/identities/access-keys.ts';
import { required } from '../query/form.ts';
import { accessKeyId, optionalUserName, paging } from './members.ts';
import { type IamOperation, identityArn, operation, ownName, type Scope } from './operation.ts';
import { page } from './page.ts';
import { accessKeyShape } from './shapes.ts';

type Named = { readonly UserName: string | undefined };

const about = {
  resource: ({ UserName }: Named, scope: Scope) =>
    ofRoot({ UserName }, scope)
      ? `arn:aws:iam::${scope.accountId}:root`
      : identityArn('user', ownName(UserName, scope), scope),
};

/** Without a name it is the key of who calls, which may be the root user. */
function ofRoot({ UserName }: Named, { principal }: Scope): boolean {
  return UserName === undefined && principal.kind === 'root';
}

function owner(input: Named, scope: Scope): KeyOwner {
  const { state, accountId } = scope;
  const account = ofRoot(input, scope) ? state.entities.find('account', accountId, '') : undefined;
  return account ?? state.entities.get('user', accountId, ownName(input.UserName, scope));
}

function nameOf(owned: KeyOwner): string {
  return owned.kind === 'user' ? owned.name : owned.accountId;
}

const status = required({ values: ['Active', 'Inactive'] });

export const accessKeyOperations: Readonly<Record<string, IamOperation>> = {
  CreateAccessKey: operation(
    { UserName: optionalUserName },
    {
      ...about,
      run(input, scope) {
        const holder = owner(input, scope);
        const created = createAccessKey(scope.state, holder);
        const { UserName, AccessKeyId, Status, CreateDate } = accessKeyShape(created, nameOf(holder));
        return { AccessKey: { UserName, AccessKeyId, Status, SecretAccessKey: created.secretAccessKey, CreateDate } };
      },
    },
  ),
  ListAccessKeys: operation(
    { UserName: optionalUserName, ...paging },
    {
      ...about,
      run({ UserName, ...paged }, scope) {
        const holder = owner({ UserName }, scope);
        const keys = [...holder.accessKeys].sort((a, b) => (a.accessKeyId < b.accessKeyId ? -1 : 1));
        const { items, rest } = page(paged, keys, (key) => key.accessKeyId);
        return { AccessKeyMetadata: items.map((key) => accessKeyShape(key, nameOf(holder))), ...rest };
      },
    },
  ),
  UpdateAccessKey: operation(
    { UserName: optionalUserName, AccessKeyId: accessKeyId, Status: status },
    {
      ...about,
      change: (input, scope) =>
        updateAccessKey(
          scope.state,
          owner(input, scope),
          input.AccessKeyId,
          input.Status === 'Active' ? 'Active' : 'Inactive',
        ),
    },
  ),
  DeleteAccessKey: operation(
    { UserName: optionalUserName, AccessKeyId: accessKeyId },
    { ...about, change: (input, scope) => deleteAccessKey(scope.state, owner(input, scope), input.AccessKeyId) },
  ),
};
