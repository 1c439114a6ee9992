import { types } from 'node:util';

/** The body of a failed invocation, in the form of the Node.js runtime. */
export interface ErrorResponse {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** An error that the runtime reports under a name of its own, such as `Runtime.HandlerNotFound`. */
export class RuntimeError extends Error {
  constructor(name: `Runtime.${string}`, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/**
 * What Lambda answers when a handler throws `error`, whatever it is.
 * Evidence: aws/aws-lambda-nodejs-runtime-interface-client, src/Errors.js, as of 2025.
 */
export function errorResponse(error: unknown): ErrorResponse {
  try {
    if (isErrorLike(error)) {
      return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
    }
    if (error === undefined || error === null) return { errorType: 'string', errorMessage: 'handled', trace: [] };
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
  }
}

/** The tail of the log event that Lambda writes for an error. */
export function errorLogText(error: unknown): string {
  const { errorType, errorMessage, trace } = errorResponse(error);
  return `\t${JSON.stringify({ errorType, errorMessage, stack: trace })}`;
}

function isErrorLike(error: unknown): error is Error {
  if (types.isNativeError(error)) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { name, message, stack } = error as Record<string, unknown>;
  return [name, message, stack].every((text) => typeof text === 'string' && text !== '');
}
