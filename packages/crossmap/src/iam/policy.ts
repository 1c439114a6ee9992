import { type Condition, compileCondition } from './condition.ts';
import { PolicyError, unexpected, unsupported } from './policy-error.ts';
import {
  type Binding,
  compilePrincipal,
  type Naming,
  type PrincipalIds,
  type PrincipalMatcher,
} from './principal-element.ts';
import { anyOf, type Matcher, matcher, readPattern } from './wildcard.ts';

export { PolicyError, type PrincipalIds };

/**
 * What a policy is attached to. `identity`: a user, group or role, also as permissions boundary; `session`: a session;
 * `resource`: a bucket; `key`: a KMS key; `trust`: a role, to say who may assume it; `endpoint`: a VPC endpoint.
 */
export type PolicyKind =
  | 'identity'
  | 'session'
  | 'resource'
  | 'key'
  | 'trust'
  | 'endpoint'
  | 'service-control'
  | 'resource-control';

/** A policy document, compiled. */
export interface Policy {
  readonly kind: PolicyKind;
  readonly allows: readonly Statement[];
  readonly denies: readonly Statement[];
  /** The unique id of each user and role that the statements name, by ARN, when the policy was parsed with ids. */
  readonly principalIds: Readonly<Record<string, string>>;
}

export interface Statement {
  /** The Sid, or the place in the document: `Statement[0]`. */
  readonly name: string;
  /** The statement as it is in the document. */
  readonly source: object;
  /** Of an identity policy every principal is named directly: the policy is attached to it. */
  readonly naming: PrincipalMatcher;
  /** Takes the action in lower case. */
  readonly action: Matcher;
  readonly resource: Matcher;
  readonly conditions: readonly Condition[];
}

const WITHOUT_PRINCIPAL: readonly PolicyKind[] = ['identity', 'session', 'service-control'];
const VERSIONS = ['2012-10-17', '2008-10-17'];
const EVERYTHING: Matcher = () => true;
const ATTACHED: PrincipalMatcher = (): Naming => 'direct';

interface Source {
  readonly kind: PolicyKind;
  readonly variables: boolean;
  readonly at: string;
  readonly binding: Binding;
}

/**
 * Compiles a policy document (a parsed JSON value). Throws `PolicyError` for a document that IAM would not take and
 * for every element, operator or principal that Crossmap does not evaluate. With `ids`, the users and roles it names must
 * exist and are known by their unique ids from then on, as AWS does in the policies of resources.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(document: unknown, kind: PolicyKind, ids?: PrincipalIds): Policy {
  const policy = record(document, 'policy', 'the document');
  known(policy, ['Version', 'Id', 'Statement'], 'the document');
  const version = policy.Version ?? '2008-10-17';
  if (!VERSIONS.includes(String(version))) {
    throw unexpected('Version', '`2012-10-17` or `2008-10-17`', version, 'the document');
  }
  const statements: readonly unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (statements.length === 0) throw unexpected('Statement', 'at least one statement', [], 'the document');

  const allows: Statement[] = [];
  const denies: Statement[] = [];
  const binding: Binding = { ids, bound: {} };
  for (const [index, value] of statements.entries()) {
    const at = `Statement[${index}]`;
    const statement = record(value, 'Statement', at);
    const compiled = compileStatement(statement, { kind, variables: version === '2012-10-17', at, binding });
    if (statement.Effect === 'Allow') allows.push(compiled);
    else if (statement.Effect === 'Deny') denies.push(compiled);
    else throw unexpected('Effect', '`Allow` or `Deny`', statement.Effect, at);
  }
  return { kind, allows, denies, principalIds: binding.bound };
}

function compileStatement(statement: Readonly<Record<string, unknown>>, source: Source): Statement {
  const { at } = source;
  if (Object.hasOwn(statement, 'NotPrincipal')) throw unsupported('The element `NotPrincipal`', at);
  known(statement, ['Sid', 'Effect', 'Principal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'], at);
  const sid = statement.Sid ?? '';
  if (typeof sid !== 'string') throw unexpected('Sid', 'a string', sid, at);
  return {
    name: sid === '' ? at : sid,
    source: statement,
    naming: compileNaming(statement.Principal, source),
    action: compileActions(statement, source),
    resource: compileResources(statement, source),
    conditions: statement.Condition === undefined ? [] : compileConditions(statement.Condition, source),
  };
}

function compileNaming(element: unknown, { kind, at, binding }: Source): PrincipalMatcher {
  if (!WITHOUT_PRINCIPAL.includes(kind)) return compilePrincipal(element, at, binding);
  if (element !== undefined) throw unexpected('Principal', `absent from a policy of kind ${kind}`, element, at);
  return ATTACHED;
}

function compileActions(statement: Readonly<Record<string, unknown>>, source: Source): Matcher {
  const { at } = source;
  const [element, negated] = oneOf(statement, 'Action', 'NotAction', at);
  const matchers = strings(statement[element], element, at).map((action) => {
    if (action !== '*' && !/^[a-z0-9-]+:[^\s:]+$/i.test(action)) {
      throw unexpected(element, '`*` or `service:action`', action, at);
    }
    return matcher(readPattern(action.toLowerCase(), { wildcards: true, variables: false, at }));
  });
  return negated ? not(anyOf(matchers)) : anyOf(matchers);
}

function compileResources(statement: Readonly<Record<string, unknown>>, source: Source): Matcher {
  const { kind, variables, at } = source;
  if (kind === 'trust') {
    for (const element of ['Resource', 'NotResource']) {
      const value = statement[element];
      if (value !== undefined) throw unexpected(element, 'absent from a trust policy', value, at);
    }
    return EVERYTHING;
  }
  const [element, negated] = oneOf(statement, 'Resource', 'NotResource', at);
  const matchers = strings(statement[element], element, at).map((resource) => {
    if (resource !== '*' && !resource.startsWith('arn:')) throw unexpected(element, '`*` or an ARN', resource, at);
    return matcher(readPattern(resource, { wildcards: true, variables, at }));
  });
  return negated ? not(anyOf(matchers)) : anyOf(matchers);
}

function compileConditions(element: unknown, source: Source): readonly Condition[] {
  const at = `${source.at}.Condition`;
  return Object.entries(record(element, 'Condition', source.at)).flatMap(([operator, keys]) => {
    const entries = Object.entries(record(keys, operator, at));
    if (entries.length === 0) throw unexpected(operator, 'at least one condition key', keys, at);
    return entries.map(([key, value]) =>
      compileCondition(operator, key, strings(value, key, `${at}.${operator}`), {
        variables: source.variables,
        at: `${at}.${operator}.${key}`,
      }),
    );
  });
}

function not(matches: Matcher): Matcher {
  return (text) => !matches(text);
}

/** Exactly one of an element and its negation must be there. */
function oneOf(
  statement: Readonly<Record<string, unknown>>,
  element: string,
  negation: string,
  at: string,
): readonly [element: string, negated: boolean] {
  const negated = statement[negation] !== undefined;
  if (negated === (statement[element] !== undefined)) {
    throw unexpected(`${element} or ${negation}`, 'present, and not both', negated ? 'both' : 'neither', at);
  }
  return [negated ? negation : element, negated];
}

/** A string or a list of them; booleans and numbers count as their text, as in conditions such as `"Bool": true`. */
function strings(value: unknown, element: string, at: string): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw unexpected(element, 'at least one value', value, at);
  return values.map((one) => {
    if (typeof one === 'string') return one;
    if (typeof one === 'boolean' || typeof one === 'number') return String(one);
    throw unexpected(element, 'a string or a list of strings', one, at);
  });
}

function record(value: unknown, element: string, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unexpected(element, 'an object', value, at);
  }
  return Object.fromEntries(Object.entries(value));
}

function known(value: object, elements: readonly string[], at: string): void {
  for (const element of Object.keys(value)) {
    if (!elements.includes(element)) throw unsupported(`The element \`${element}\``, at);
  }
}
