import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Bucket } from '../../src/s3/bucket.ts';
import { BucketPolicies, parseBucketPolicy, shownPolicy } from '../../src/s3/bucket-policy.ts';
import { NEW_BUCKET_SETTINGS } from '../../src/s3/bucket-settings.ts';
import { S3Error } from '../../src/s3/errors.ts';
import { isPublicPolicy } from '../../src/s3/public-policy.ts';

const ARN = 'arn:aws:s3:::partner-objects';
const ROLE = 'arn:aws:iam::222222222222:role/Reader';
const READ = { Effect: 'Allow', Principal: { AWS: ROLE }, Action: 's3:GetObject', Resource: `${ARN}/*` };
const LIST = { ...READ, Action: 's3:ListBucket', Resource: ARN };

function documentOf(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

describe('a bucket policy is refused in the words of S3', () => {
  function refused(document: string, message: string, detail?: RegExp) {
    assert.throws(
      () => parseBucketPolicy('partner-objects', document),
      (error) => {
        assert.ok(error instanceof S3Error);
        assert.deepEqual({ code: error.code, message: error.message }, { code: 'MalformedPolicy', message });
        if (detail !== undefined) assert.match(error.elements.Detail ?? '', detail);
        return true;
      },
    );
  }
  const without = (name: string) => Object.fromEntries(Object.entries(READ).filter(([key]) => key !== name));

  const STATEMENTS: readonly (readonly [string, object, string, RegExp?])[] = [
    ['without principal', without('Principal'), 'Missing required field Principal'],
    ['without action', without('Action'), 'Missing required field Action'],
    ['without resource', without('Resource'), 'Missing required field Resource'],
    ['without effect', without('Effect'), 'Missing required field Effect'],
    ['of another effect', { ...READ, Effect: 'allow' }, 'Invalid effect: allow'],
    ['with an unknown element', { ...READ, Conditions: {} }, 'Unknown field Conditions'],
    ['with an element and its negation', { ...READ, NotAction: 's3:*' }, 'Syntax errors in policy'],
    [
      'that allows all but some',
      { ...without('Principal'), NotPrincipal: { AWS: ROLE } },
      'Allow with NotPrincipal is not allowed',
    ],
    [
      'with a user id for a principal',
      { ...READ, Principal: { AWS: 'reader' } },
      'Invalid principal in policy',
      /reader/,
    ],
    ['with a wildcard in a principal', { ...READ, Principal: { AWS: `${ROLE}*` } }, 'Invalid principal in policy'],
    ['with a principal of no type', { ...READ, Principal: ROLE }, 'Invalid principal in policy'],
    ['with a principal of an unknown type', { ...READ, Principal: { User: ROLE } }, 'Invalid principal in policy'],
    ['with no principals', { ...READ, Principal: { AWS: [] } }, 'Invalid principal in policy'],
    ['with an action of another service', { ...READ, Action: 'ec2:RunInstances' }, 'Policy has invalid action', /ec2/],
    ['with an action that S3 has not', { ...READ, Action: 's3:FetchObject' }, 'Policy has invalid action'],
    ['with an action of accounts', { ...READ, Action: 's3:ListAllMyBuckets' }, 'Policy has invalid action'],
    ['with no actions', { ...READ, Action: [] }, 'Policy has invalid action'],
    ['of another bucket', { ...READ, Resource: 'arn:aws:s3:::other/*' }, 'Policy has invalid resource', /other/],
    ['of a bucket whose name begins alike', { ...READ, Resource: `${ARN}-2/*` }, 'Policy has invalid resource'],
    ['of everything', { ...READ, Resource: '*' }, 'Policy has invalid resource'],
    [
      'of objects with an action on the bucket',
      { ...LIST, Resource: `${ARN}/*` },
      'Action does not apply to any resource(s) in statement',
      /s3:ListBucket is on buckets/,
    ],
    [
      'of the bucket with an action on objects',
      { ...LIST, Action: ['s3:ListBucket', 's3:GetObject'] },
      'Action does not apply to any resource(s) in statement',
      /s3:GetObject is on objects/,
    ],
    [
      'with an unknown operator',
      { ...READ, Condition: { Equals: { 'aws:userid': 'x' } } },
      'Invalid Condition type : Equals',
    ],
    [
      'with a key of listings for a read',
      { ...READ, Condition: { StringEquals: { 's3:prefix': 'in/' } } },
      'Conditions do not apply to combination of actions and resources in statement',
      /s3:prefix/,
    ],
  ];
  for (const [what, statement, message, detail] of STATEMENTS) {
    test(`a statement ${what}`, () => refused(documentOf(LIST, statement), message, detail));
  }

  test('a document that is none', () => {
    refused('', "Policies must be valid JSON and the first byte must be '{'");
    refused('[]', "Policies must be valid JSON and the first byte must be '{'");
    refused('{"Version":', 'This policy contains invalid Json');
    refused('{"Version":"2012-10-17"}', 'Missing required field Statement');
    refused('{"Version":"2012-10-17","Statement":[]}', 'Could not parse the policy: Statement is empty!');
    refused('{"Version":"2024-01-01","Statement":[]}', 'The policy must contain a valid version string');
    refused('{"Version":"2012-10-17","Statements":[]}', 'Unknown field Statements');
  });

  test('patterns are of as many resources as they can match', () => {
    const actions = ['s3:Get*', '*', 's3:*Object', 's3:ListMultipartUploadParts', 's3:ListBucket'];
    parseBucketPolicy('partner-objects', documentOf({ ...READ, Action: actions, Resource: [ARN, `${ARN}/*`] }));
    parseBucketPolicy('partner-objects', documentOf({ ...READ, Action: actions, Resource: 'arn:aws:s3:::partner*' }));
    parseBucketPolicy('partner-objects', documentOf({ ...LIST, Condition: { StringLike: { 's3:prefix': 'in/*' } } }));
  });
});

describe('principals', () => {
  const ids = (arnOrId: string) => (arnOrId === ROLE ? 'AROAREADER0000000000' : undefined);

  test('one that does not exist is refused', () => {
    const policy = documentOf({ ...READ, Principal: { AWS: ROLE.replace('Reader', 'Gone') } });
    assert.throws(() => parseBucketPolicy('partner-objects', policy, ids), /^S3Error: Invalid principal in policy$/);
    assert.deepEqual(parseBucketPolicy('partner-objects', documentOf(READ), ids).principalIds, {
      [ROLE]: 'AROAREADER0000000000',
    });
  });

  test('one that is gone, or was made anew, is shown by its unique id', () => {
    const stored = { document: documentOf(READ), principalIds: { [ROLE]: 'AROAREADER0000000000' } };
    assert.equal(shownPolicy(stored, ids), stored.document);
    assert.equal(
      shownPolicy(stored, () => 'AROAOTHER'),
      stored.document.replace(ROLE, 'AROAREADER0000000000'),
    );
  });
});

describe('the meaning of public', () => {
  const PUBLIC = { ...READ, Principal: '*' };
  const when = (condition: object) => documentOf({ ...PUBLIC, Condition: condition });

  test('everyone, all but some and identity providers of the web are the public', () => {
    for (const Principal of ['*', { AWS: '*' }, { AWS: [ROLE, '*'] }, { Federated: 'graph.facebook.com' }]) {
      assert.equal(isPublicPolicy(documentOf({ ...READ, Principal })), true, JSON.stringify(Principal));
    }
    for (const Principal of [{ AWS: ROLE }, { AWS: '222222222222' }, { Service: 's3.amazonaws.com' }]) {
      assert.equal(isPublicPolicy(documentOf({ ...READ, Principal })), false, JSON.stringify(Principal));
    }
    assert.equal(isPublicPolicy(documentOf({ ...PUBLIC, Effect: 'Deny' })), false);
    assert.equal(isPublicPolicy(documentOf(READ, PUBLIC)), true, 'one statement is enough');
  });

  const LIMITS: readonly object[] = [
    { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } },
    { StringLike: { 'aws:SourceVpce': 'vpce-1' } },
    { 'ForAnyValue:StringEquals': { 'aws:PrincipalOrgPaths': 'o-a/r-b/' } },
    { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:111111111111:topic' } },
    { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/32', '10.0.0.0/8'] } },
    { StringLike: { 's3:DataAccessPointArn': 'arn:aws:s3:eu-west-1:111111111111:accesspoint/*' } },
    { StringEquals: { 'S3:DataAccessPointAccount': '111111111111' } },
  ];
  const NO_LIMITS: readonly object[] = [
    { StringLike: { 'aws:SourceVpc': 'vpc-*' } },
    { StringEquals: { 'aws:SourceVpc': ['vpc-1', '${aws:username}'] } },
    { StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } },
    { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgPaths': 'o-a/r-b/' } },
    { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } },
    { StringLike: { 'aws:userid': 'AROAEXAMPLE:*' } },
    { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '0.0.0.0/7'] } },
    { IpAddress: { 'aws:SourceIp': '2001::/31' } },
    { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    { StringLike: { 's3:DataAccessPointArn': 'arn:aws:s3:eu-west-1:*:accesspoint/a' } },
    { Bool: { 'aws:SecureTransport': 'true' } },
    { StringEquals: { 's3:x-amz-acl': 'private' } },
  ];
  test('a fixed value of what names somebody limits, a pattern does not', () => {
    for (const condition of LIMITS) assert.equal(isPublicPolicy(when(condition)), false, JSON.stringify(condition));
    for (const condition of NO_LIMITS) assert.equal(isPublicPolicy(when(condition)), true, JSON.stringify(condition));
  });
});

describe('RestrictPublicBuckets', () => {
  const bucket = (document: string, RestrictPublicBuckets: boolean): Bucket => ({
    name: 'partner-objects',
    accountId: '111111111111',
    region: 'eu-west-1',
    creationDate: 0,
    settings: {
      policy: { document, principalIds: {} },
      publicAccessBlock: { ...NEW_BUCKET_SETTINGS.publicAccessBlock!, RestrictPublicBuckets },
    },
  });

  test('adds its denial to a public policy, as long as both are so', () => {
    const policies = new BucketPolicies();
    const denies = (document: string, on: boolean) => policies.of(bucket(document, on))?.policy.denies.length;
    const open = documentOf({ ...READ, Principal: '*' });
    assert.equal(denies(open, true), 1);
    assert.equal(denies(open, false), 0);
    assert.equal(denies(open, true), 1);
    assert.equal(denies(documentOf(READ), true), 0);
  });
});
