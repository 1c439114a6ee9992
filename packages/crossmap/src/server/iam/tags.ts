import type { EntityOf } from '../../accounts/identities/entity.ts';
import { checkTags } from '../../accounts/identities/iam-state.ts';
import { type Parameter, tags, texts } from '../query/form.ts';
import { readablePolicy } from './managed-policies.ts';
import { paging, policyArn, roleName, userName } from './members.ts';
import { type IamOperation, operation, requestTags, resourceTags, type Scope } from './operation.ts';
import { page } from './page.ts';
import { tagShapes } from './shapes.ts';

type Tagged = EntityOf<'user' | 'role' | 'policy'>;

/** The tags of users, roles and customer managed policies. */
export const tagOperations: Readonly<Record<string, IamOperation>> = {
  ...operationsOf('User', 'UserName', userName, (name, { state, accountId }) =>
    state.entities.get('user', accountId, name),
  ),
  ...operationsOf('Role', 'RoleName', roleName, (name, { state, accountId }) =>
    state.entities.get('role', accountId, name),
  ),
  ...operationsOf('Policy', 'PolicyArn', policyArn, (PolicyArn, scope) => readablePolicy({ PolicyArn }, scope)),
};

function operationsOf(
  Kind: 'User' | 'Role' | 'Policy',
  parameter: string,
  named: Parameter<string>,
  find: (name: string, scope: Scope) => Tagged,
): Readonly<Record<string, IamOperation>> {
  type Named = { readonly Name: string };
  const Name: Parameter<string> = { read: (form, _name, constraints) => named.read(form, parameter, constraints) };
  const resource = (input: Named, scope: Scope) => find(input.Name, scope).arn;
  return {
    [`Tag${Kind}`]: operation(
      { Name, Tags: tags },
      {
        resource,
        context: (input, scope) => ({ ...resourceTags(find(input.Name, scope).tags), ...requestTags(input.Tags) }),
        change(input, scope) {
          const entity = find(input.Name, scope);
          const all = { ...entity.tags, ...input.Tags };
          checkTags(all);
          scope.state.entities.put({ ...entity, tags: all });
        },
      },
    ),
    [`Untag${Kind}`]: operation(
      { Name, TagKeys: texts({ min: 1, max: 128 }) },
      {
        resource,
        context: (input, scope) => ({ ...resourceTags(find(input.Name, scope).tags), 'aws:TagKeys': input.TagKeys }),
        change(input, scope) {
          const entity = find(input.Name, scope);
          const left = Object.entries(entity.tags).filter(([key]) => !input.TagKeys.includes(key));
          scope.state.entities.put({ ...entity, tags: Object.fromEntries(left) });
        },
      },
    ),
    [`List${Kind}Tags`]: operation(
      { Name, ...paging },
      {
        resource,
        context: (input, scope) => resourceTags(find(input.Name, scope).tags),
        run(input, scope) {
          const entries = tagShapes(find(input.Name, scope).tags);
          const { items, rest } = page(input, entries, ({ Key }) => String(Key));
          return { Tags: items, ...rest };
        },
      },
    ),
  };
}
