import type { IamState } from '../../accounts/identities/iam-state.ts';
import type { QueryApi } from '../query/query-api.ts';
import { accessKeyOperations } from './access-keys.ts';
import { accountDetails } from './account-details.ts';
import { groupOperations } from './groups.ts';
import { identityPolicyOperations } from './identity-policies.ts';
import { managedPolicyOperations } from './managed-policies.ts';
import type { IamOperation } from './operation.ts';
import { roleOperations } from './roles.ts';
import { tagOperations } from './tags.ts';
import { userOperations } from './users.ts';

/** IAM. https://docs.aws.amazon.com/IAM/latest/APIReference */
export function iamApi(state: IamState): QueryApi {
  return {
    signedFor: 'iam',
    version: '2010-05-08',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    has: (operation) => iamOperations.has(operation),
    answer: (request, authorizer) => iamOperations.get(request.operation)?.(request, state, authorizer),
  };
}

/** The operations of IAM that are here, by name. */
export const iamOperations: ReadonlyMap<string, IamOperation> = new Map(
  Object.entries({
    ...userOperations,
    ...groupOperations,
    ...roleOperations,
    ...identityPolicyOperations,
    ...managedPolicyOperations,
    ...accessKeyOperations,
    ...tagOperations,
    GetAccountAuthorizationDetails: accountDetails,
  }),
);
