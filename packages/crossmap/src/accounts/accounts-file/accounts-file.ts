import type { OrganizationalUnit } from '../organization.ts';
import {
  boolean,
  byName,
  document,
  type Field,
  integer,
  list,
  object,
  oneOf,
  optional,
  secret,
  text,
  type ValueOf,
} from './field.ts';

const accountId = text('an account id of 12 digits', /^\d{12}$/);
const name = text('1 to 64 characters of `[\\w+=,.@-]`', /^[\w+=,.@-]{1,64}$/);
const groupName = text('1 to 128 characters of `[\\w+=,.@-]`', /^[\w+=,.@-]{1,128}$/);
const path = text('a path that begins and ends with `/`', /^\/([\x21-\x7e]+\/)?$/);
const policyArn = text('the ARN of a managed policy', /^arn:aws:iam::(aws|\d{12}):policy\/./);
const accessKeyId = text('an access key id of 16 to 128 letters, digits and `_`', /^\w{16,128}$/);
const secretAccessKey = secret('a secret access key');
const region = text('a Region such as eu-west-1', /^[a-z]{2}(-[a-z]+)+-\d+$/);
const bucketName = text('the name of a bucket', /^.+$/);
const tagKey = text('a tag key of 1 to 128 characters', /^.{1,128}$/);
const tagValue = text('a tag value of at most 256 characters', /^.{0,256}$/);

const accessKeys = list(object({ accessKeyId, secretAccessKey }));
const tags = byName(tagValue, tagKey);

/** What users, groups and roles have. */
const identity = {
  path: optional(path, '/'),
  policies: byName(document, groupName),
  managedPolicies: list(policyArn),
};

const user = object({
  name,
  ...identity,
  accessKeys,
  groups: list(groupName),
  permissionsBoundary: optional(policyArn),
  tags,
});

const group = object({ name: groupName, ...identity });

const role = object({
  name,
  ...identity,
  trustPolicy: document,
  description: optional(text('at most 1000 characters', /^[\s\S]{0,1000}$/)),
  maxSessionDuration: optional(integer(3600, 43_200), 3600),
  permissionsBoundary: optional(policyArn),
  tags,
});

const policy = object({
  name: groupName,
  path: optional(path, '/'),
  description: optional(text('at most 1000 characters', /^[\s\S]{0,1000}$/)),
  document,
  tags,
});

const keyId = text(
  'a key id such as 1234abcd-12ab-34cd-56ef-1234567890ab',
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
);
const aliasName = text('an alias name such as alias/mine', /^alias\/(?!aws\/)[a-zA-Z0-9/_-]{1,250}$/);

const key = object({
  id: keyId,
  region: optional(region, 'us-east-1'),
  description: optional(text('at most 8192 characters', /^[\s\S]{0,8192}$/)),
  policy: optional(document),
  aliases: list(aliasName),
  enabled: optional(boolean, true),
  tags,
});

const encryption = object({
  algorithm: oneOf('AES256', 'aws:kms'),
  keyId: optional(text('the id, the ARN or an alias of a key', /^.{1,2048}$/)),
  bucketKeyEnabled: optional(boolean, false),
});

/** What is not given is off. */
const publicAccessBlock = object({
  BlockPublicAcls: optional(boolean, false),
  IgnorePublicAcls: optional(boolean, false),
  BlockPublicPolicy: optional(boolean, false),
  RestrictPublicBuckets: optional(boolean, false),
});

const bucket = object({
  name: bucketName,
  region: optional(region, 'us-east-1'),
  policy: optional(document),
  encryption: optional(encryption),
  publicAccessBlock: optional(publicAccessBlock),
  objectOwnership: optional(oneOf('BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter')),
  versioning: optional(oneOf('Enabled', 'Suspended')),
  requestPayer: optional(oneOf('BucketOwner', 'Requester')),
  tags: optional(byName(tagValue, tagKey)),
});

const account = object({
  id: accountId,
  name: optional(text('a name', /^.{1,50}$/)),
  root: optional(object({ accessKeys })),
  policies: list(policy),
  groups: list(group),
  users: list(user),
  roles: list(role),
  keys: list(key),
  buckets: list(bucket),
});

const controlPolicies = {
  fullAWSAccess: optional(boolean),
  serviceControlPolicies: byName(document, groupName),
  resourceControlPolicies: byName(document, groupName),
};

const unit: Field<OrganizationalUnit> = {
  read: (value, at) => organizationalUnit.read(value, at),
};

const members = {
  accounts: list(object({ id: accountId, ...controlPolicies })),
  units: list(unit),
};

const organizationalUnit = object({
  id: text('the id of an organizational unit such as ou-ab12-11111111', /^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/),
  name: optional(text('a name', /^.{1,128}$/)),
  ...controlPolicies,
  ...members,
});

const organization = object({
  id: text('the id of an organization such as o-a1b2c3d4e5', /^o-[0-9a-z]{10,32}$/),
  managementAccount: accountId,
  rootId: optional(text('the id of a root such as r-ab12', /^r-[0-9a-z]{4,32}$/)),
  ...controlPolicies,
  ...members,
});

/** What a bucket has that CreateBucket makes, where AWS's own defaults of April 2023 are not wanted. */
const newBuckets = object({
  publicAccessBlock: optional(publicAccessBlock),
  objectOwnership: optional(oneOf('BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter')),
});

/** The file of `crossmap serve`, described in docs/reference/accounts.md. */
export const accountsFile = object({
  accounts: list(account),
  organization: optional(organization),
  newBuckets: optional(newBuckets),
});

export type AccountsFile = ValueOf<typeof accountsFile>;
export type DeclaredAccount = AccountsFile['accounts'][number];
export type DeclaredUser = DeclaredAccount['users'][number];
export type DeclaredGroup = DeclaredAccount['groups'][number];
export type DeclaredRole = DeclaredAccount['roles'][number];
export type DeclaredPolicy = DeclaredAccount['policies'][number];
