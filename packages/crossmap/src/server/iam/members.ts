import { integer, optional, required } from '../query/form.ts';

const NAME = { min: 1, pattern: /[\w+=,.@-]+/ } as const;
const PATH = { min: 1, max: 512, pattern: /(\u002F)|(\u002F[\u0021-\u007E]+\u002F)/ } as const;

/** Parameters that several operations have. https://docs.aws.amazon.com/IAM/latest/APIReference */
export const userName = required({ ...NAME, max: 64 });
export const optionalUserName = optional({ ...NAME, max: 128 });
export const roleName = required({ ...NAME, max: 64 });
export const groupName = required({ ...NAME, max: 128 });
export const optionalGroupName = optional({ ...NAME, max: 128 });
export const policyName = required({ ...NAME, max: 128 });
export const policyArn = required({ min: 20, max: 2048 });
export const optionalPolicyArn = optional({ min: 20, max: 2048 });
export const accessKeyId = required({ min: 16, max: 128, pattern: /[\w]+/ });
export const versionId = required({ pattern: /v[1-9][0-9]*(\.[A-Za-z0-9-]*)?/ });
export const path = optional(PATH);
export const pathPrefix = optional({ min: 1, max: 512, pattern: /\u002F[\u0021-\u007F]*/ });
export const document = required({ min: 1, max: 131_072 });
export const description = optional({ max: 1000 });
export const maxSessionDuration = integer(3600, 43_200);

/** What lists take. */
export const paging = { Marker: optional({ min: 1, max: 320 }), MaxItems: integer(1, 1000) };
