import type { IdentityEntity } from '../../accounts/identities/entity.ts';
import { IamError } from '../../accounts/identities/iam-error.ts';
import type { IamState } from '../../accounts/identities/iam-state.ts';
import type { Context } from '../../iam/context.ts';
import type { Authorizer } from '../../iam/evaluate.ts';
import { type Principal, principalAccount } from '../../iam/principal.ts';
import { type Parameter, readForm, type Values } from '../query/form.ts';
import type { QueryRequest } from '../query/query-api.ts';
import type { XmlValue } from '../query/xml.ts';

export type Result = { readonly [name: string]: XmlValue };

/** In whose account an operation works. */
export interface Scope {
  readonly state: IamState;
  readonly accountId: string;
  readonly principal: Principal;
}

export type IamOperation = (request: QueryRequest, state: IamState, authorizer: Authorizer) => Result | undefined;

type Parameters = Readonly<Record<string, Parameter<unknown>>>;

export type OperationDefinition<P extends Parameters> = Authorized<P> &
  (
    | {
        /** The elements of the result. Errors are thrown as `IamError`. */
        run(input: Values<P>, scope: Scope): Result;
      }
    | {
        /** Of an operation that answers nothing. */
        change(input: Values<P>, scope: Scope): void;
      }
  );

interface Authorized<P extends Parameters> {
  /** What is asked to be done something to: an ARN, or what AWS has in its place. */
  resource(input: Values<P>, scope: Scope): string;
  /** Condition keys of the request. */
  context?(input: Values<P>, scope: Scope): Context;
}

/** An operation: its parameters are checked, then it is authorized by its own action, then it runs. */
export function operation<P extends Parameters>(parameters: P, definition: OperationDefinition<P>): IamOperation {
  return (request, state, authorizer) => {
    const { caller, session } = request;
    if (session !== undefined && session.kind !== 'role') {
      throw new IamError('InvalidClientTokenId', 'The security token included in the request is invalid');
    }
    const input = readForm(request.operation, request.form, parameters);
    const accountId = principalAccount(caller.principal) ?? '';
    const scope: Scope = { state, accountId, principal: caller.principal };
    const decision = authorizer.authorize({
      ...caller,
      action: `iam:${request.operation}`,
      resource: definition.resource(input, scope),
      resourceAccount: accountId,
      context: {
        'aws:RequestedRegion': 'us-east-1',
        'aws:SecureTransport': 'true',
        ...definition.context?.(input, scope),
      },
    });
    if (decision.decision !== 'Allow') throw new IamError('AccessDenied', decision.message);
    if ('run' in definition) return definition.run(input, scope);
    definition.change(input, scope);
    return undefined;
  };
}

/** The ARN of an identity, or the one it would have. */
export function identityArn(kind: IdentityEntity['kind'], name: string, { state, accountId }: Scope): string {
  return state.entities.find(kind, accountId, name)?.arn ?? `arn:aws:iam::${accountId}:${kind}/${name}`;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export function identityContext(kind: IdentityEntity['kind'], name: string, { state, accountId }: Scope): Context {
  const identity = state.entities.find(kind, accountId, name);
  if (identity === undefined) return {};
  const boundary = identity.kind === 'group' ? undefined : identity.boundary;
  return { ...resourceTags(identity.tags), ...(boundary !== undefined && { 'iam:PermissionsBoundary': boundary }) };
}

export function resourceTags(tags: Readonly<Record<string, string>>): Context {
  const entries = Object.entries(tags);
  return Object.fromEntries(
    ['aws:ResourceTag', 'iam:ResourceTag'].flatMap((key) => entries.map(([tag, value]) => [`${key}/${tag}`, value])),
  );
}

export function requestTags(tags: Readonly<Record<string, string>>): Context {
  const entries = Object.entries(tags).map(([tag, value]) => [`aws:RequestTag/${tag}`, value]);
  return { ...Object.fromEntries(entries), 'aws:TagKeys': Object.keys(tags) };
}

/** The user that an operation is about when it names none: who calls. */
export function ownName(userName: string | undefined, { principal }: Scope): string {
  if (userName !== undefined) return userName;
  if (principal.kind === 'iam-user') return principal.userName;
  throw new IamError('ValidationError', 'Must specify userName when calling with non-User credentials');
}
