import type { Variables } from '../environment-variables.ts';

/** From the host to the thread: run this. At most one at a time. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  /** JSON text: what the caller says of itself. */
  readonly clientContext?: string;
  readonly timeoutMs: number;
  /** Environment variables to set before the handler runs: the credentials of now. */
  readonly variables: Variables;
}

/** From the thread to the host, in the order in which things happened. */
export type RuntimeMessage =
  /** The handler is loaded; sent once. */
  | { readonly kind: 'ready' }
  /** The handler could not be loaded; the thread is of no more use. */
  | { readonly kind: 'init-error'; readonly payload: string }
  /** One whole log event. */
  | { readonly kind: 'log'; readonly message: string }
  /** A piece of standard output or standard error, which may hold no line or many. */
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'returned'; readonly payload: string; readonly memoryUsedMb: number }
  /** `fatal`: the thread ends after it. */
  | { readonly kind: 'error'; readonly payload: string; readonly memoryUsedMb: number; readonly fatal: boolean }
  /** The request's payload is not JSON. */
  | { readonly kind: 'invalid-request'; readonly message: string };
