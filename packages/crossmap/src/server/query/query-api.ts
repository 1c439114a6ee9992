import type { Session } from '../../accounts/session-tokens.ts';
import type { Authorizer, Caller } from '../../iam/evaluate.ts';
import type { Form } from './form.ts';
import type { XmlValue } from './xml.ts';

/** A request of a query service, authenticated. */
export interface QueryRequest {
  readonly operation: string;
  readonly form: Form;
  readonly caller: Caller;
  /** Of temporary credentials. */
  readonly session: Session | undefined;
  /** The Region it is signed for. */
  readonly region: string;
}

/** A service that speaks the query protocol: a form in, XML out. */
export interface QueryApi {
  /** The service in the scope of a signature. */
  readonly signedFor: string;
  /** `2010-05-08` */
  readonly version: string;
  readonly namespace: string;
  has(operation: string): boolean;
  /** The result, or `undefined` for an operation that answers with none. Throws `IamError`. */
  answer(request: QueryRequest, authorizer: Authorizer): { readonly [name: string]: XmlValue } | undefined;
}
