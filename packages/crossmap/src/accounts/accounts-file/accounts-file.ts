import type { OrganizationalUnit } from '../organization.ts';
import { boolean, byName, document, type Field, list, object, optional, text, type ValueOf } from './field.ts';

const accountId = text('an account id of 12 digits', /^\d{12}$/);
const name = text('1 to 64 characters of `[\\w+=,.@-]`', /^[\w+=,.@-]{1,64}$/);
const policyName = text('1 to 128 characters of `[\\w+=,.@-]`', /^[\w+=,.@-]{1,128}$/);
const path = text('a path that begins and ends with `/`', /^\/([\x21-\x7e]+\/)?$/);
const policyArn = text('the ARN of a managed policy', /^arn:aws:iam::(aws|\d{12}):policy\/./);
const accessKeyId = text('an access key id of 16 to 128 letters, digits and `_`', /^\w{16,128}$/);
const secretAccessKey = text('a secret access key', /^.+$/);
const region = text('a Region such as eu-west-1', /^[a-z]{2}(-[a-z]+)+-\d+$/);
const bucketName = text('the name of a bucket', /^.+$/);

const accessKey = object({ accessKeyId, secretAccessKey });
const policies = byName(document, policyName);

const user = object({
  name,
  path: optional(path, '/'),
  accessKeys: list(accessKey),
  policies,
  managedPolicies: list(policyArn),
});

const role = object({
  name,
  path: optional(path, '/'),
  trustPolicy: document,
  policies,
  managedPolicies: list(policyArn),
});

const bucket = object({
  name: bucketName,
  region: optional(region, 'us-east-1'),
  policy: optional(document),
});

const account = object({
  id: accountId,
  name: optional(text('a name', /^.{1,50}$/)),
  root: optional(object({ accessKeys: list(accessKey) })),
  users: list(user),
  roles: list(role),
  buckets: list(bucket),
});

const controlPolicies = {
  fullAWSAccess: optional(boolean),
  serviceControlPolicies: byName(document, policyName),
  resourceControlPolicies: byName(document, policyName),
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

/** The file of `crossmap serve`, described in docs/reference/accounts.md. */
export const accountsFile = object({ accounts: list(account), organization: optional(organization) });

export type AccountsFile = ValueOf<typeof accountsFile>;
export type DeclaredAccount = AccountsFile['accounts'][number];
