import type { IdentityEntity } from '../../accounts/identities/entity.ts';
import { texts } from '../query/form.ts';
import { paging } from './members.ts';
import { type IamOperation, operation } from './operation.ts';
import { page } from './page.ts';
import {
  attachedShapes,
  encodedDocument,
  groupShape,
  policyShape,
  tagShapes,
  versionShape,
  wholeRoleShape,
  wholeUserShape,
} from './shapes.ts';

const KINDS = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'];

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
export const accountDetails: IamOperation = operation(
  { Filter: texts({ values: KINDS }), ...paging },
  {
    resource: () => '*',
    run({ Filter, ...paged }, scope) {
      const { state, accountId } = scope;
      const wanted = (kind: string) => Filter.length === 0 || Filter.includes(kind);
      const { entities } = state;
      const all = [
        ...(wanted('User') ? entities.list('user', accountId) : []),
        ...(wanted('Group') ? entities.list('group', accountId) : []),
        ...(wanted('Role') ? entities.list('role', accountId) : []),
        ...(wanted('LocalManagedPolicy') ? entities.list('policy', accountId) : []),
        ...(wanted('AWSManagedPolicy') ? entities.list('policy', 'aws') : []),
      ].sort((a, b) => (a.arn < b.arn ? -1 : 1));
      const { items, rest } = page(paged, all, ({ arn }) => arn);
      return {
        UserDetailList: items.flatMap((user) =>
          user.kind !== 'user'
            ? []
            : { ...wholeUserShape(user), ...policiesShape(user, 'UserPolicyList'), GroupList: user.groups },
        ),
        GroupDetailList: items.flatMap((group) =>
          group.kind !== 'group' ? [] : { ...groupShape(group), ...policiesShape(group, 'GroupPolicyList') },
        ),
        RoleDetailList: items.flatMap((role) =>
          role.kind !== 'role'
            ? []
            : {
                ...wholeRoleShape(role, scope),
                ...policiesShape(role, 'RolePolicyList'),
                InstanceProfileList: [],
                Tags: tagShapes(role.tags),
              },
        ),
        Policies: items.flatMap((policy) =>
          policy.kind !== 'policy'
            ? []
            : {
                ...policyShape(policy, scope),
                PolicyVersionList: policy.versions.map((version) => ({
                  Document: encodedDocument(version.document),
                  ...versionShape(version, policy),
                })),
              },
        ),
        ...rest,
      };
    },
  },
);

function policiesShape({ inline, attached }: IdentityEntity, inlineName: string) {
  const documents = Object.entries(inline).map(([PolicyName, document]) => ({
    PolicyName,
    PolicyDocument: encodedDocument(document),
  }));
  return { [inlineName]: documents, AttachedManagedPolicies: attachedShapes(attached) };
}
