/** The answer to an invocation: what Invoke gives as payload and FunctionError, or as an error of its own. */
export type InvokeResult =
  /** `payload` is JSON text. */
  | { readonly kind: 'returned'; readonly payload: string; readonly executedVersion: '$LATEST' }
  /** `payload` is the JSON text of `{errorType, errorMessage, trace?}`. The Node.js runtime has no `Handled`. */
  | {
      readonly kind: 'error';
      readonly functionError: 'Unhandled';
      readonly payload: string;
      readonly executedVersion: '$LATEST';
    }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

/** Errors of the Invoke API, with its HTTP status. */
export const REFUSALS = {
  ResourceNotFoundException: 404,
  RequestTooLargeException: 413,
  InvalidRequestContentException: 400,
  ServiceException: 500,
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** The largest request of a synchronous invocation, in bytes of UTF-8. */
export const REQUEST_LIMIT_BYTES = 6_291_456;

/** The largest response, in bytes of UTF-8: a little more than the request. */
export const RESPONSE_LIMIT_BYTES = 6_291_556;

export function returned(payload: string): InvokeResult {
  return { kind: 'returned', payload, executedVersion: '$LATEST' };
}

export function functionError(payload: string): InvokeResult {
  return { kind: 'error', functionError: 'Unhandled', payload, executedVersion: '$LATEST' };
}

export function refused(code: RefusalCode, message: string): InvokeResult {
  return { kind: 'refused', code, message };
}
