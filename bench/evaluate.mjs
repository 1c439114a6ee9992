// Decisions per second of the evaluator for a read of S3: a role session of one account, a bucket of another, a bucket
// policy of four statements and two identity policies, with conditions. Keys differ from request to request. Then the same
// through the authorizer, which fills in the condition keys of principal, organization, resource and time.
import { parseArgs } from 'node:util';
import { Authorization } from '../packages/crossmap/dist/src/accounts/authorize.js';
import { Denials } from '../packages/crossmap/dist/src/accounts/denials.js';
import { evaluate as decide } from '../packages/crossmap/dist/src/iam/evaluate.js';
import { parsePolicy } from '../packages/crossmap/dist/src/iam/policy.js';

const ROLE = 'arn:aws:iam::111111111111:role/MapProcessor';
const BUCKET = 'arn:aws:s3:::partner-objects';

const bucketPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Tls',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [BUCKET, `${BUCKET}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    {
      Sid: 'Members',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: `${BUCKET}/*`,
      Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } },
    },
    {
      Sid: 'List',
      Effect: 'Allow',
      Principal: { AWS: ROLE },
      Action: 's3:ListBucket',
      Resource: BUCKET,
      Condition: { StringLike: { 's3:prefix': 'in/*' } },
    },
    {
      Sid: 'Read',
      Effect: 'Allow',
      Principal: { AWS: ROLE },
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Resource: `${BUCKET}/in/*`,
    },
  ],
};
const identityPolicies = [
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }] },
  {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: BUCKET },
      {
        Effect: 'Allow',
        Action: 's3:GetObject*',
        Resource: `${BUCKET}/*`,
        Condition: { StringEquals: { 'aws:ResourceAccount': '222222222222' } },
      },
    ],
  },
];

/** What the request says of itself. */
const SAID = {
  'aws:RequestedRegion': 'eu-west-1',
  'aws:SecureTransport': 'true',
  'aws:SourceIp': '127.0.0.1',
  's3:authType': 'REST-HEADER',
  's3:signatureversion': 'AWS4-HMAC-SHA256',
};

const DERIVED = {
  'aws:CurrentTime': '2026-11-24T00:00:00Z',
  'aws:EpochTime': '1795478400',
  'aws:PrincipalAccount': '111111111111',
  'aws:PrincipalArn': ROLE,
  'aws:PrincipalIsAWSService': 'false',
  'aws:PrincipalOrgID': 'o-exampleorg1',
  'aws:PrincipalOrgPaths': ['o-exampleorg1/r-ab12/ou-ab12-11111111/'],
  'aws:PrincipalType': 'AssumedRole',
  'aws:ResourceAccount': '222222222222',
  'aws:userid': 'AROAEXAMPLE1111:run',
};

export async function evaluate(argv) {
  const { values } = parseArgs({ args: argv, options: { evaluations: { type: 'string', default: '5000000' } } });
  const count = Number(values.evaluations);
  const principal = {
    kind: 'role-session',
    accountId: '111111111111',
    arn: 'arn:aws:sts::111111111111:assumed-role/MapProcessor/run',
    id: 'AROAEXAMPLE1111',
    roleArn: ROLE,
  };
  const attached = identityPolicies.map((document, i) => ({ name: `${i}`, policy: parsePolicy(document, 'identity') }));
  const resourcePolicy = { name: 'bucket policy', policy: parsePolicy(bucketPolicy, 'resource') };
  const requestsWith = (context) =>
    Array.from({ length: 1000 }, (_, i) => ({
      principal,
      identityPolicies: attached,
      action: 's3:GetObject',
      resource: `${BUCKET}/in/2026/11/24/part-${i}.json`,
      resourceAccount: '222222222222',
      resourcePolicy,
      context,
    }));
  const membership = {
    organizationId: 'o-exampleorg1',
    path: 'o-exampleorg1/r-ab12/ou-ab12-11111111/',
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const accounts = { membership: () => membership };
  const authorization = new Authorization(accounts, new Denials(Date.now), () => {}, Date.now);
  const perSecond = measure(requestsWith({ ...SAID, ...DERIVED }), count, decide);
  const authorized = measure(requestsWith(SAID), count, (request) => authorization.authorize(request));
  return {
    evaluations: count,
    evaluationsPerSecond: perSecond,
    authorizationsPerSecond: authorized,
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

function measure(requests, count, decision) {
  const run = (evaluations) => {
    let allowed = 0;
    for (let i = 0; i < evaluations; i++) {
      if (decision(requests[i % requests.length]).decision === 'Allow') allowed++;
    }
    return allowed;
  };
  run(100_000);
  const started = performance.now();
  const allowed = run(count);
  const seconds = (performance.now() - started) / 1000;
  if (allowed !== count) throw new Error(`Expected every request to be allowed, got ${allowed} of ${count}`);
  return Math.round(count / seconds);
}
