import { STATEMENT_ELEMENTS } from '../iam/statement.ts';
import { compilePattern } from '../iam/wildcard.ts';
import { bucketArn } from './bucket.ts';
import { malformedPolicy } from './errors.ts';
import { levelsOf, matchesListing } from './policy-actions.ts';

type Element = Readonly<Record<string, unknown>>;

const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17', undefined];
const DOCUMENT_ELEMENTS = ['Version', 'Id', 'Statement'];
const OPERATORS =
  /^((ForAllValues|ForAnyValue):)?(String(Not)?Equals(IgnoreCase)?|String(Not)?Like|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?|Date(Not)?Equals|Date(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$/;
const LISTING_KEYS = /^s3:(prefix|delimiter|max-keys)$/i;

/**
 * What S3 refuses in a bucket policy, in its words, in the order in which it looks; what was found is in `Detail`.
 * Gives the parsed document, whose shape is then that of a policy.
 */
export function checkBucketPolicy(bucketName: string, text: string): unknown {
  if (!text.trimStart().startsWith('{')) {
    throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
  }
  const document = parseJson(text);
  checkElements(document, DOCUMENT_ELEMENTS);
  if (!VERSIONS.includes(document.Version)) throw malformedPolicy('The policy must contain a valid version string');
  const { Statement } = document;
  if (Statement === undefined) throw malformedPolicy('Missing required field Statement');
  const statements = listOf(Statement);
  if (statements.length === 0) throw malformedPolicy('Could not parse the policy: Statement is empty!');
  for (const statement of statements) checkStatement(bucketName, statement);
  return document;
}

function parseJson(text: string): Element {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    throw malformedPolicy('This policy contains invalid Json');
  }
}

function checkStatement(bucketName: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformedPolicy('This policy contains invalid Json');
  }
  const statement: Element = { ...value };
  checkElements(statement, STATEMENT_ELEMENTS);
  const { Effect, NotPrincipal, Condition } = statement;
  if (Effect === undefined) throw malformedPolicy('Missing required field Effect');
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformedPolicy(`Invalid effect: ${String(Effect)}`);
  const principal = required(statement, 'Principal');
  if (NotPrincipal !== undefined && Effect === 'Allow') {
    throw malformedPolicy('Allow with NotPrincipal is not allowed');
  }
  checkPrincipal(principal);
  const actions = texts(required(statement, 'Action'), 'Policy has invalid action');
  const resources = texts(required(statement, 'Resource'), 'Policy has invalid resource');
  checkActions(actions);
  checkResources(bucketName, resources);
  if (statement.Action !== undefined && statement.Resource !== undefined) checkLevels(actions, resources);
  checkConditions(Condition, statement.Action === undefined ? [] : actions);
}

function checkElements(element: Element, known: readonly string[]): void {
  for (const name of Object.keys(element)) if (!known.includes(name)) throw malformedPolicy(`Unknown field ${name}`);
}

/** The element or its negation, of which there must be one. */
function required(statement: Element, element: string): unknown {
  const value = statement[element] ?? statement[`Not${element}`];
  if (value === undefined) throw malformedPolicy(`Missing required field ${element}`);
  if (statement[element] !== undefined && statement[`Not${element}`] !== undefined) {
    throw malformedPolicy('Syntax errors in policy', `${element} and Not${element}`);
  }
  return value;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
const PRINCIPALS: Readonly<Record<string, RegExp>> = {
  AWS: /^(\*|\d{12}|A(ID|RO)A[A-Z0-9]{16,124}|arn:aws[a-z-]*:(iam::\d{12}:(root|(user|role)\/[^*?]+)|sts::\d{12}:(assumed-role|federated-user)\/[^*?]+))$/,
  CanonicalUser: /^[0-9a-f]{64}$/,
  Federated: /./,
  Service: /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/,
};

function checkPrincipal(principal: unknown): void {
  if (principal === '*') return;
  const types = typeof principal === 'object' && principal !== null ? Object.entries(principal) : [];
  if (types.length === 0) throw malformedPolicy('Invalid principal in policy', JSON.stringify(principal));
  for (const [type, names] of types) {
    const pattern = Object.hasOwn(PRINCIPALS, type) ? PRINCIPALS[type] : undefined;
    const wrong = listOf(names).find((name) => typeof name !== 'string' || pattern?.test(name) !== true);
    if (wrong === undefined && listOf(names).length > 0) continue;
    throw malformedPolicy('Invalid principal in policy', `"${type}" : ${JSON.stringify(wrong ?? names)}`);
  }
}

function checkActions(actions: readonly string[]): void {
  for (const action of actions) {
    const { bucket, object } = levelsOf(action);
    if (!bucket && !object) throw malformedPolicy('Policy has invalid action', action);
  }
}

/** A resource is of this bucket, whose name may be a pattern. */
function checkResources(bucketName: string, resources: readonly string[]): void {
  for (const resource of resources) {
    const bucketPart = resource.split('/', 1)[0]!;
    const matches = compilePattern(bucketPart, { wildcards: true, variables: false, at: 'Resource' });
    if (bucketPart.startsWith('arn:aws:s3:::') && matches(bucketArn(bucketName), {})) continue;
    throw malformedPolicy('Policy has invalid resource', `expected ${bucketArn(bucketName)}[/*], got ${resource}`);
  }
}

/** Each action must be about something that one of the resources is. */
function checkLevels(actions: readonly string[], resources: readonly string[]): void {
  const buckets = resources.some((resource) => !resource.includes('/'));
  const objects = resources.some((resource) => resource.includes('/') || resource.endsWith('*'));
  for (const action of actions) {
    const levels = levelsOf(action);
    if ((levels.bucket && buckets) || (levels.object && objects)) continue;
    throw malformedPolicy(
      'Action does not apply to any resource(s) in statement',
      `${action} is on ${levels.bucket ? 'buckets' : 'objects'}, got ${resources.join(', ')}`,
    );
  }
}

function checkConditions(condition: unknown, actions: readonly string[]): void {
  for (const [operator, keys] of Object.entries(typeof condition === 'object' && condition !== null ? condition : {})) {
    if (!OPERATORS.test(operator)) throw malformedPolicy(`Invalid Condition type : ${operator}`);
    for (const key of Object.keys(typeof keys === 'object' && keys !== null ? keys : {})) {
      if (!LISTING_KEYS.test(key) || actions.length === 0 || actions.some(matchesListing)) continue;
      throw malformedPolicy('Conditions do not apply to combination of actions and resources in statement', key);
    }
  }
}

function texts(value: unknown, refusal: string): readonly string[] {
  const list = listOf(value);
  const wrong = list.find((one) => typeof one !== 'string');
  if (list.length === 0 || wrong !== undefined) throw malformedPolicy(refusal, JSON.stringify(wrong ?? value));
  return list.map(String);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
