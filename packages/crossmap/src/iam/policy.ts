import { known, record } from './elements.ts';
import { PolicyError, unexpected } from './policy-error.ts';
import { GRAMMARS, type PolicyKind } from './policy-kind.ts';
import type { Binding, PrincipalIds } from './principal-element.ts';
import { compileStatement, type Statement } from './statement.ts';

export { PolicyError, type PolicyKind, type PrincipalIds, type Statement };

/** A policy document, compiled. */
export interface Policy {
  readonly kind: PolicyKind;
  readonly allows: readonly Statement[];
  readonly denies: readonly Statement[];
  /** The unique id of each user and role that the statements name, by ARN, when the policy was parsed with ids. */
  readonly principalIds: Readonly<Record<string, string>>;
}

const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17'];

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
  if (!VERSIONS.includes(version)) {
    throw unexpected('Version', '`2012-10-17` or `2008-10-17`', version, 'the document');
  }
  const statements: readonly unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (statements.length === 0) throw unexpected('Statement', 'at least one statement', [], 'the document');

  const allows: Statement[] = [];
  const denies: Statement[] = [];
  const sids = new Set<string>();
  const binding: Binding = { ids, bound: {} };
  for (const [index, value] of statements.entries()) {
    const at = `Statement[${index}]`;
    const statement = compileStatement(record(value, 'Statement', at), {
      kind,
      variables: version === '2012-10-17',
      at,
      binding,
    });
    if (GRAMMARS[kind].strictSid && sids.has(statement.name)) {
      throw unexpected('Sid', 'unique in the policy', statement.name, at);
    }
    sids.add(statement.name);
    (statement.effect === 'Allow' ? allows : denies).push(statement);
  }
  return { kind, allows, denies, principalIds: binding.bound };
}

/** The statements of a policy that are about one action. */
type StatementsAbout = Pick<Policy, 'allows' | 'denies'>;

/** Services have few actions: what each policy says about one is looked for once. */
const ABOUT = new WeakMap<Policy, Map<string, StatementsAbout>>();

export function statementsAbout(policy: Policy, action: string): StatementsAbout {
  let byAction = ABOUT.get(policy);
  if (byAction === undefined) {
    byAction = new Map();
    ABOUT.set(policy, byAction);
  }
  let statements = byAction.get(action);
  if (statements === undefined) {
    const lower = action.toLowerCase();
    const isAbout = (statement: Statement) => statement.action(lower, {});
    statements = { allows: policy.allows.filter(isAbout), denies: policy.denies.filter(isAbout) };
    byAction.set(action, statements);
  }
  return statements;
}
