import {
  attachPolicy,
  deleteInlinePolicy,
  detachPolicy,
  inlinePolicy,
  putInlinePolicy,
} from '../../accounts/identities/attachments.ts';
import type { IdentityEntity } from '../../accounts/identities/entity.ts';
import type { Parameter } from '../query/form.ts';
import { document, groupName, paging, pathPrefix, policyArn, policyName, roleName, userName } from './members.ts';
import { type IamOperation, identityArn, identityContext, operation, type Scope } from './operation.ts';
import { page } from './page.ts';
import { attachedShapes, encodedDocument } from './shapes.ts';

/** The policies of users, roles and groups: the same operations for each. */
export const identityPolicyOperations: Readonly<Record<string, IamOperation>> = {
  ...operationsOf('User', 'user', userName),
  ...operationsOf('Role', 'role', roleName),
  ...operationsOf('Group', 'group', groupName),
};

function operationsOf<K extends 'User' | 'Role' | 'Group'>(
  Kind: K,
  kind: IdentityEntity['kind'],
  name: Parameter<string>,
): Readonly<Record<string, IamOperation>> {
  type Named = { readonly Name: string };
  const Name = renamed(name, `${Kind}Name`);
  const existing = (input: Named, { state, accountId }: Scope): IdentityEntity =>
    state.entities.get(kind, accountId, input.Name);
  const about = {
    resource: (input: Named, scope: Scope) => identityArn(kind, input.Name, scope),
    context: (input: Named, scope: Scope) => identityContext(kind, input.Name, scope),
  };
  const attaching = {
    resource: about.resource,
    context: (input: Named & { readonly PolicyArn: string }, scope: Scope) => ({
      ...about.context(input, scope),
      'iam:PolicyARN': input.PolicyArn,
    }),
  };
  return {
    [`Put${Kind}Policy`]: operation(
      { Name, PolicyName: policyName, PolicyDocument: document },
      {
        ...about,
        change: (input, scope) =>
          putInlinePolicy(scope.state, existing(input, scope), input.PolicyName, input.PolicyDocument),
      },
    ),
    [`Get${Kind}Policy`]: operation(
      { Name, PolicyName: policyName },
      {
        ...about,
        run(input, scope) {
          const identity = existing(input, scope);
          return {
            [`${Kind}Name`]: identity.name,
            PolicyName: input.PolicyName,
            PolicyDocument: encodedDocument(inlinePolicy(identity, input.PolicyName)),
          };
        },
      },
    ),
    [`Delete${Kind}Policy`]: operation(
      { Name, PolicyName: policyName },
      {
        ...about,
        change: (input, scope) => deleteInlinePolicy(scope.state, existing(input, scope), input.PolicyName),
      },
    ),
    [`List${Kind}Policies`]: operation(
      { Name, ...paging },
      {
        ...about,
        run(input, scope) {
          const names = Object.keys(existing(input, scope).inline).sort();
          const { items, rest } = page(input, names, (each) => each);
          return { PolicyNames: items, ...rest };
        },
      },
    ),
    [`Attach${Kind}Policy`]: operation(
      { Name, PolicyArn: policyArn },
      { ...attaching, change: (input, scope) => attachPolicy(scope.state, existing(input, scope), input.PolicyArn) },
    ),
    [`Detach${Kind}Policy`]: operation(
      { Name, PolicyArn: policyArn },
      { ...attaching, change: (input, scope) => detachPolicy(scope.state, existing(input, scope), input.PolicyArn) },
    ),
    [`ListAttached${Kind}Policies`]: operation(
      { Name, PathPrefix: pathPrefix, ...paging },
      {
        ...about,
        run({ PathPrefix = '/', ...input }, scope) {
          const { attached } = existing(input, scope);
          const below = attached.filter((arn) => arn.slice(arn.indexOf(':policy/') + 7).startsWith(PathPrefix)).sort();
          const { items, rest } = page(input, below, (arn) => arn);
          return { AttachedPolicies: attachedShapes(items), ...rest };
        },
      },
    ),
  };
}

/** A parameter that is called otherwise on the wire than in the code. */
function renamed<T>(parameter: Parameter<T>, name: string): Parameter<T> {
  return { read: (form, _name, constraints) => parameter.read(form, name, constraints) };
}
