import type { PolicyEntity } from './identities/entity.ts';

const READ_S3 = ['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'];
const WRITE_LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const READ_IAM = [
  'iam:GenerateCredentialReport',
  'iam:GenerateServiceLastAccessedDetails',
  'iam:Get*',
  'iam:List*',
  'iam:SimulateCustomPolicy',
  'iam:SimulatePrincipalPolicy',
];
const READ_ORGANIZATIONS = [
  'organizations:DescribeAccount',
  'organizations:DescribeOrganization',
  'organizations:DescribeOrganizationalUnit',
  'organizations:DescribePolicy',
  'organizations:ListChildren',
  'organizations:ListParents',
  'organizations:ListPoliciesForTarget',
  'organizations:ListRoots',
  'organizations:ListPolicies',
  'organizations:ListTargetsForPolicy',
];
const USE_KMS = [
  'kms:CreateAlias',
  'kms:CreateKey',
  'kms:DeleteAlias',
  'kms:Describe*',
  'kms:GenerateRandom',
  'kms:Get*',
  'kms:List*',
  'kms:TagResource',
  'kms:UntagResource',
  'iam:ListGroups',
  'iam:ListRoles',
  'iam:ListUsers',
];
const BESIDE_POWER = [
  'account:GetAccountInformation',
  'account:GetGovCloudAccountInformation',
  'account:GetPrimaryEmail',
  'account:ListRegions',
  'iam:CreateServiceLinkedRole',
  'iam:DeleteServiceLinkedRole',
  'iam:ListRoles',
  'organizations:DescribeEffectivePolicy',
  'organizations:DescribeOrganization',
];
const EXCEPT_ACCOUNTS = { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' };

/**
 * The policies that AWS manages, as far as they are here, in their default versions. One that is not here cannot be
 * attached. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const AWS_MANAGED_POLICIES: readonly PolicyEntity[] = [
  managed('AdministratorAccess', 'v1', allow('*')),
  managed('PowerUserAccess', 'v12', EXCEPT_ACCOUNTS, allow(BESIDE_POWER)),
  managed('AmazonS3FullAccess', 'v2', allow(['s3:*', 's3-object-lambda:*'])),
  managed('AmazonS3ReadOnlyAccess', 'v3', allow(READ_S3)),
  managed('IAMFullAccess', 'v2', allow(['iam:*', ...READ_ORGANIZATIONS])),
  managed('IAMReadOnlyAccess', 'v4', allow(READ_IAM)),
  managed('AWSKeyManagementServicePowerUser', 'v2', allow(USE_KMS)),
  managed('AWSStepFunctionsFullAccess', 'v1', allow('states:*')),
  managed('service-role/AWSLambdaBasicExecutionRole', 'v1', allow(WRITE_LOGS)),
  managed('service-role/AWSLambdaRole', 'v1', allow(['lambda:InvokeFunction'])),
];

const ARNS: ReadonlySet<string> = new Set(AWS_MANAGED_POLICIES.map(({ arn }) => arn));

/** Whether AWS has a managed policy of that ARN, and it is here. */
export function isAwsManaged(arn: string): boolean {
  return ARNS.has(arn);
}

function managed(pathAndName: string, versionId: string, ...statements: readonly object[]): PolicyEntity {
  const slash = pathAndName.lastIndexOf('/');
  const name = pathAndName.slice(slash + 1);
  const createDate = Date.UTC(2015, 1, 6, 18, 39, 46);
  return {
    kind: 'policy',
    accountId: 'aws',
    name,
    path: `/${pathAndName.slice(0, slash + 1)}`,
    arn: `arn:aws:iam::aws:policy/${pathAndName}`,
    id: `ANPA${name
      .toUpperCase()
      .replace(/[^A-Z]/g, '')
      .padEnd(16, 'A')
      .slice(0, 16)}`,
    createDate,
    tags: {},
    versions: [{ versionId, document: JSON.stringify({ Version: '2012-10-17', Statement: statements }), createDate }],
    defaultVersionId: versionId,
    latestVersion: Number(versionId.slice(1)),
    updateDate: createDate,
  };
}

function allow(actions: string | readonly string[]): object {
  return { Effect: 'Allow', Action: actions, Resource: '*' };
}
