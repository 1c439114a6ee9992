import { type Policy, parsePolicy } from '../iam/policy.ts';

const DOCUMENTS: Readonly<Record<string, object>> = {
  'arn:aws:iam::aws:policy/AdministratorAccess': allow('*'),
  'arn:aws:iam::aws:policy/AmazonS3FullAccess': allow('s3:*', 's3-object-lambda:*'),
  'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess': allow(
    's3:Get*',
    's3:List*',
    's3:Describe*',
    's3-object-lambda:Get*',
    's3-object-lambda:List*',
  ),
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': allow(
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ),
};

/**
 * The AWS managed policy of that ARN, in its default version; `undefined` for one that Crossmap does not know.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export function managedPolicy(arn: string): Policy | undefined {
  return Object.hasOwn(DOCUMENTS, arn) ? parsePolicy(DOCUMENTS[arn], 'identity') : undefined;
}

function allow(...actions: readonly string[]): object {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}
