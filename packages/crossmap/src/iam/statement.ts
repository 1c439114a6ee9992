import { type Condition, compileCondition } from './condition.ts';
import { type Elements, known, oneOf, record, strings } from './elements.ts';
import { unexpected } from './policy-error.ts';
import { GRAMMARS, type PolicyKind } from './policy-kind.ts';
import { type Binding, compileNotPrincipal, compilePrincipal, type PrincipalMatcher } from './principal-element.ts';
import { anyOf, compilePattern, type Matcher } from './wildcard.ts';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** The Sid, or the place in the document: `Statement[0]`. */
  readonly name: string;
  /** The statement as it is in the document. */
  readonly source: object;
  /** Of a policy without principals everyone is named directly: it is attached to whom it concerns. */
  readonly naming: PrincipalMatcher;
  /** Takes the action in lower case. */
  readonly action: Matcher;
  readonly resource: Matcher;
  readonly conditions: readonly Condition[];
}

/** Where a statement stands. */
export interface StatementSource {
  readonly kind: PolicyKind;
  /** Whether `${…}` is a variable. */
  readonly variables: boolean;
  readonly at: string;
  readonly binding: Binding;
}

/** The elements a statement may have. */
export const STATEMENT_ELEMENTS: readonly string[] = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];
const EVERYTHING: Matcher = () => true;
const ATTACHED: PrincipalMatcher = () => 'direct';

export function compileStatement(statement: Elements, source: StatementSource): Statement {
  const { kind, at } = source;
  known(statement, STATEMENT_ELEMENTS, at);
  const sid = statement.Sid === undefined ? '' : statement.Sid;
  if (typeof sid !== 'string') throw unexpected('Sid', 'a string', sid, at);
  if (GRAMMARS[kind].strictSid && !/^[A-Za-z0-9]*$/.test(sid)) throw unexpected('Sid', 'alphanumeric', sid, at);
  const effect = statement.Effect;
  if (effect !== 'Allow' && effect !== 'Deny') throw unexpected('Effect', '`Allow` or `Deny`', effect, at);
  if (kind === 'resource-control') checkResourceControl(statement, at);
  return {
    effect,
    name: sid === '' ? at : sid,
    source: statement,
    naming: compileNaming(statement, effect, source),
    action: compileActions(statement, source),
    resource: compileResources(statement, source),
    conditions: statement.Condition === undefined ? [] : compileConditions(statement.Condition, source),
  };
}

/**
 * Resource control policies deny, for everyone, named actions. Only the managed one, which allows everything, allows.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
 */
function checkResourceControl(statement: Elements, at: string): void {
  const { Effect, Principal, Action, Resource, Condition } = statement;
  if (Principal !== '*') throw unexpected('Principal', '`*` in a resource control policy', Principal, at);
  if (statement.NotAction !== undefined) {
    throw unexpected('NotAction', 'absent from a resource control policy', statement.NotAction, at);
  }
  const managed = Effect === 'Allow' && Action === '*' && Resource === '*' && Condition === undefined;
  if (Effect === 'Allow' && !managed) throw unexpected('Effect', '`Deny` in a resource control policy', Effect, at);
  if (!managed && [Action].flat().includes('*')) {
    throw unexpected('Action', 'actions of services in a resource control policy', Action, at);
  }
}

function compileNaming(
  statement: Elements,
  effect: Statement['effect'],
  { kind, at, binding }: StatementSource,
): PrincipalMatcher {
  const { name, hasPrincipal } = GRAMMARS[kind];
  if (!hasPrincipal) {
    absent(statement, ['Principal', 'NotPrincipal'], name, at);
    return ATTACHED;
  }
  const [element, negated] = oneOf(statement, 'Principal', 'NotPrincipal', at);
  if (!negated) return compilePrincipal(statement[element], at, binding);
  return compileNotPrincipal(statement[element], at, binding, effect);
}

function compileActions(statement: Elements, { kind, at }: StatementSource): Matcher {
  const [element, negated] = oneOf(statement, 'Action', 'NotAction', at);
  const matchers = strings(statement[element], element, at).map((action) => {
    if (action !== '*' && !/^[a-z0-9-]+:[^\s:]+$/i.test(action)) {
      throw unexpected(element, '`*` or `service:action`', action, at);
    }
    if (kind === 'trust' && !/^sts:/i.test(action)) throw unexpected(element, 'an action of STS', action, at);
    return compilePattern(action.toLowerCase(), { wildcards: true, variables: false, at });
  });
  return negated ? not(anyOf(matchers)) : anyOf(matchers);
}

function compileResources(statement: Elements, { kind, variables, at }: StatementSource): Matcher {
  const { name, hasResource } = GRAMMARS[kind];
  if (!hasResource) {
    absent(statement, ['Resource', 'NotResource'], name, at);
    return EVERYTHING;
  }
  const [element, negated] = oneOf(statement, 'Resource', 'NotResource', at);
  const matchers = strings(statement[element], element, at).map((resource) => {
    if (resource === '*') return EVERYTHING;
    if (!resource.startsWith('arn:')) throw unexpected(element, '`*` or an ARN', resource, at);
    return compilePattern(resource, { wildcards: true, variables, at });
  });
  return negated ? not(anyOf(matchers)) : anyOf(matchers);
}

function compileConditions(element: unknown, source: StatementSource): readonly Condition[] {
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

function absent(statement: Elements, elements: readonly string[], name: string, at: string): void {
  for (const element of elements) {
    const value = statement[element];
    if (value !== undefined) throw unexpected(element, `absent from ${name}`, value, at);
  }
}

function not(matches: Matcher): Matcher {
  return (text, context) => !matches(text, context);
}
