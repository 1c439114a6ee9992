import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Decision } from '../../src/iam/decision.ts';
import { type AuthorizationRequest, evaluate } from '../../src/iam/evaluate.ts';
import { explainDenial } from '../../src/iam/explanation.ts';
import { type Policy, PolicyError, type PolicyKind, parsePolicy } from '../../src/iam/policy.ts';

/** 100,000 with `npm run fuzz`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1_000);

const KINDS: readonly PolicyKind[] = [
  'identity',
  'session',
  'resource',
  'key',
  'trust',
  'endpoint',
  'service-control',
  'resource-control',
];
const kind = fc.constantFrom(...KINDS);

const OPERATORS = [
  ...['StringEquals', 'StringNotEquals', 'StringLike', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
  ...['ArnLike', 'ArnNotEquals', 'Bool', 'Null', 'NumericLessThan', 'NumericNotEquals', 'DateGreaterThan'],
  ...['IpAddress', 'NotIpAddress', 'BinaryEquals', 'StringEqualsIfExists', 'ForAllValues:StringLike'],
  ...['ForAnyValue:StringNotEquals', 'DateEqualsIfExists', '__proto__', 'constructor'],
];
const KEYS = ['aws:PrincipalArn', 'aws:SourceIp', 's3:prefix', 'aws:CurrentTime', 'aws:TagKeys', '__proto__', ''];

/** Texts that mean something to a parser of policies. */
const piece = fc.oneof(
  fc.constantFrom('*', '?', '${', '}', '${aws:username}', '${*}', '${$}', "${aws:userid, '*'}", ':', '/', '\u0000'),
  fc.constantFrom('arn:aws:s3:::', 'arn:aws:iam::111111111111:role/', 's3:', 'GetObject', '111111111111', '::1', '/'),
  fc.constantFrom('true', '2026-01-01T00:00:00Z', '10', 'AROA1234567890ABCDEF', '😀', '\ud800', 'lambda.amazonaws.com'),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
const texts = fc.oneof(text, fc.array(text, { maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }));

/** Mostly what the grammar wants, sometimes anything. */
function mostly<T>(wanted: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 14, arbitrary: wanted }, { weight: 1, arbitrary: texts });
}

function listOf(one: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 4 }));
}

const action = fc.oneof(
  fc.constantFrom('*', 's3:*', 's3:GetObject', 'S3:get?bject', 'kms:Decrypt', 'sts:AssumeRole'),
  text.map((name) => `s3:${name.replace(/[\s:]/g, '')}*`),
);
const resource = fc.oneof(
  fc.constantFrom('*', 'arn:aws:s3:::data/*'),
  text.map((name) => `arn:aws:s3:::${name}`),
);
const named = fc.constantFrom(
  ...['*', '111111111111', 'arn:aws:iam::111111111111:root', 'arn:aws:iam::111111111111:role/Reader'],
  ...[
    'arn:aws:iam::111111111111:user/alice',
    'arn:aws:sts::111111111111:assumed-role/Reader/one',
    'AROA1234567890ABCDEF',
  ],
);
const principal = fc.oneof(
  fc.constant('*'),
  fc.record({ AWS: listOf(named) }),
  fc.dictionary(fc.constantFrom('AWS', 'Service', 'Federated', 'CanonicalUser', '__proto__', 'x'), texts, {
    maxKeys: 3,
  }),
);

/** Operators with values that they can compare. */
const conditions = fc.dictionary(
  fc.constantFrom(...OPERATORS),
  fc.dictionary(
    fc.constantFrom(...KEYS),
    listOf(fc.constantFrom('true', '2026', '10', '203.0.113.0/24', 'arn:aws:iam::*:role/*', '${aws:username}', '')),
    { maxKeys: 2, minKeys: 1 },
  ),
  { maxKeys: 2 },
);
const anything = fc.dictionary(text, fc.dictionary(text, texts, { maxKeys: 3 }), { maxKeys: 3 });

function statementOf(of: PolicyKind): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const withPrincipal = !['identity', 'session', 'service-control'].includes(of);
  const elements = {
    Effect: mostly(fc.constantFrom('Allow', 'Deny')),
    ...(withPrincipal && { [of === 'trust' ? 'Principal' : 'NotPrincipal']: mostly(principal) }),
    ...(of !== 'trust' && { Resource: mostly(listOf(resource)) }),
    Action: mostly(of === 'trust' ? fc.constantFrom('sts:AssumeRole', 'sts:*') : listOf(action)),
  };
  const more = {
    Sid: mostly(fc.stringMatching(/^[A-Za-z0-9]{1,4}$/)),
    Condition: mostly(fc.oneof(fc.constant({}), conditions, anything)),
    ...(withPrincipal && { Principal: mostly(principal) }),
  };
  const whole = fc.record({ ...elements, ...more }, { requiredKeys: Object.keys(elements) as never[] });
  return whole.map((statement) => {
    const { NotPrincipal, ...rest } = statement as Record<string, unknown>;
    return withPrincipal && rest.Principal === undefined ? statement : rest;
  });
}

function documentOf(of: PolicyKind): fc.Arbitrary<unknown> {
  const statement = statementOf(of);
  const plausible = fc.record({
    Version: mostly(fc.constantFrom('2012-10-17', '2008-10-17')),
    Statement: mostly(fc.oneof(statement, fc.array(statement, { minLength: 1, maxLength: 3 }))),
  });
  return fc.oneof({ weight: 9, arbitrary: plausible }, { weight: 1, arbitrary: fc.jsonValue() });
}

const document = kind.chain((of) => fc.tuple(documentOf(of), fc.constant(of)));

/** The policy, or `undefined` for a document that is refused. Anything thrown but `PolicyError` fails the test. */
function parsed(value: unknown, of: PolicyKind): Policy | undefined {
  try {
    return parsePolicy(value, of);
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}

const ROLE = 'arn:aws:iam::111111111111:role/Reader';
const SESSION = {
  kind: 'role-session',
  accountId: '111111111111',
  arn: 'arn:aws:sts::111111111111:assumed-role/Reader/one',
  id: 'AROAREADER',
  roleArn: ROLE,
} as const;
const CONTEXT = {
  'aws:PrincipalArn': ROLE,
  'aws:SourceIp': '203.0.113.7',
  'aws:CurrentTime': '2026-11-24T00:00:00Z',
  'aws:TagKeys': ['a', 'b'],
  's3:prefix': 'in/',
};

/** A read across accounts on which `policy` has its say, in every place that it can stand in; the other side allows. */
function requestsWith(policy: Policy): readonly AuthorizationRequest[] {
  const allowed = { Effect: 'Allow', Action: '*', Resource: '*' };
  const named = { name: 'fuzzed', policy };
  const everything = { name: 'all', policy: parsePolicy({ Statement: allowed }, 'identity') };
  const open = { name: 'open', policy: parsePolicy({ Statement: { ...allowed, Principal: '*' } }, 'resource') };
  const base = {
    principal: SESSION,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::data/in/a.json',
    resourceAccount: '222222222222',
    identityPolicies: [everything],
    resourcePolicy: open,
    context: CONTEXT,
  };
  return [
    { ...base, identityPolicies: [named] },
    { ...base, resourcePolicy: named },
    { ...base, boundary: named },
    { ...base, sessionPolicies: [named] },
    { ...base, endpointPolicy: named },
    { ...base, serviceControlPolicies: [{ name: 'root', accountId: '999999999999', policies: [named] }] },
  ];
}

function decide(policy: Policy): readonly Decision['decision'][] {
  return requestsWith(policy).map((request) => {
    const decision = evaluate(request);
    if (decision.decision !== 'Allow') explainDenial(request, decision);
    return decision.decision;
  });
}

test('no document crashes the parser, the evaluator or the explanation', () => {
  const decided = { Allow: 0, ImplicitDeny: 0, ExplicitDeny: 0 };
  fc.assert(
    fc.property(document, ([value, of]) => {
      const policy = parsed(value, of);
      if (policy !== undefined) for (const decision of decide(policy)) decided[decision]++;
    }),
    { numRuns: RUNS },
  );
  for (const count of Object.values(decided)) assert.ok(count > RUNS / 20, JSON.stringify(decided));
});

/** Values that stand for nothing in the language: without wildcards, variables, ids or ARNs. */
const garbage = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'B', '7', '-', '_', ' ', '"', '\\', '{', ']', '\n', 'é', '\u0000') }),
  fc.jsonValue({ maxDepth: 2 }).filter((value) => !/[*?$:]|Allow/.test(JSON.stringify(value))),
);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Removes, replaces, wraps or renames one element of a document, at a place that `at` chooses. */
function mutated(value: Json, at: readonly number[], how: number, put: unknown): unknown {
  if (typeof value !== 'object' || value === null || at.length === 0) return how % 4 === 1 ? [value] : put;
  const entries: [string, Json][] = Object.entries(value);
  if (entries.length === 0) return put;
  const index = (at[0] ?? 0) % entries.length;
  const [key, inner] = entries[index]!;
  const changed = mutated(inner, at.slice(1), how, put);
  const last = at.length === 1;
  if (Array.isArray(value)) {
    return last && how % 4 === 0
      ? value.filter((_, i) => i !== index)
      : value.map((each, i) => (i === index ? changed : each));
  }
  const next = entries.flatMap(([name, each]): readonly (readonly [string, unknown])[] => {
    if (name !== key) return [[name, each]];
    if (last && how % 4 === 0) return [];
    return [[last && how % 4 === 2 ? `${name}x` : name, changed]];
  });
  return Object.fromEntries(next);
}

/** Allows another action on another resource: neither alone, when it is lost, may let the read through. */
function elsewhere(of: PolicyKind): Json {
  const statement = {
    Sid: 'Elsewhere',
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:DeleteObject'],
    Resource: ['arn:aws:s3:::other/in/*', 'arn:aws:s3:::data'],
    Condition: { StringLike: { 's3:prefix': ['out/*', 'out'] }, Bool: { 'aws:SecureTransport': 'true' } },
  };
  const named = of === 'resource' || of === 'endpoint' || of === 'key';
  const Principal = { AWS: ['arn:aws:iam::333333333333:role/Other', '444444444444'] };
  return { Version: '2012-10-17', Statement: [named ? { ...statement, Principal } : statement] };
}

test('a document that is damaged once or more allows nothing that it did not', () => {
  const place = fc.array(fc.nat(9), { minLength: 1, maxLength: 6 });
  const damages = fc.array(fc.tuple(place, fc.nat(3), garbage), { minLength: 1, maxLength: 3 });
  const kinds = fc.constantFrom<PolicyKind>('identity', 'session', 'resource', 'key', 'endpoint', 'service-control');
  fc.assert(
    fc.property(kinds, damages, (of, list) => {
      let value: unknown = elsewhere(of);
      for (const [at, how, put] of list) value = mutated(value as Json, at, how, put);
      const policy = parsed(value, of);
      if (policy !== undefined) assert.deepEqual(new Set(decide(policy)), new Set(['ImplicitDeny']));
    }),
    { numRuns: RUNS },
  );
});

test('what has no Allow in it allows nothing', () => {
  const denying = kind.chain((of) =>
    fc.tuple(fc.array(statementOf(of), { minLength: 1, maxLength: 4 }), fc.constant(of)).map(([statements]) => {
      const harmless = statements.map((each) => (each.Effect === 'Allow' ? { ...each, Effect: 'Deny' } : each));
      return [{ Version: '2012-10-17', Statement: harmless }, of] as const;
    }),
  );
  fc.assert(
    fc.property(denying, ([value, of]) => {
      const policy = parsed(value, of);
      if (policy !== undefined) assert.ok(!decide(policy).includes('Allow'));
    }),
    { numRuns: RUNS },
  );
});

test('patterns of any making are decided in time', () => {
  const hostile = fc
    .array(fc.constantFrom('a', '*', '?', 'a*', '*a', 'aa*b', "${aws:userid, 'a'}"), { maxLength: 400 })
    .map((pieces) => `arn:aws:s3:::${pieces.join('')}`);
  const subject = fc.array(fc.constantFrom('a', 'aaaa', 'b'), { maxLength: 1000 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(hostile, subject, (pattern, key) => {
      const conditions = { StringLike: { 's3:prefix': pattern }, ArnLike: { 'aws:PrincipalArn': pattern } };
      const document = {
        Version: '2012-10-17',
        Statement: { Effect: 'Deny', NotAction: 's3:Put*', Resource: pattern, Condition: conditions },
      };
      const policy = parsed(document, 'identity');
      if (policy === undefined) return;
      const [request] = requestsWith(policy);
      const context = { 's3:prefix': `arn:aws:s3:::${key}`, 'aws:PrincipalArn': `arn:aws:s3:::${key}` };
      evaluate({ ...request!, resource: `arn:aws:s3:::${key}`, context });
    }),
    { numRuns: Math.min(RUNS, 20_000) },
  );
});
