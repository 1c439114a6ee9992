import type { RoleCaller } from '../../engine/ports.ts';
import type { Shape } from './shape.ts';

/** An operation of an AWS service, whoever carries it out. */
export interface SdkOperation {
  readonly input: Shape;
  readonly output: Shape;
  /** `input` and the output of an answer are in the client's own terms. Rejects only for a bug. */
  call(caller: RoleCaller, input: Readonly<Record<string, unknown>>): Promise<SdkResult>;
}

export interface SdkService {
  /** As the API's model has it: `DynamoDB`. */
  readonly serviceId: string;
  /** By the API's name, such as `GetObject`; `undefined` for one that cannot be called here. */
  operation(name: string): SdkOperation | undefined;
  /** Whether AWS has an operation of that name, as far as it is known here. */
  knows(name: string): boolean;
}

export type SdkResult = SdkAnswer | SdkError | SdkUnreachable;

export interface SdkAnswer {
  readonly kind: 'answer';
  readonly output: unknown;
  readonly http: HttpMetadata;
}

/** What came over HTTP beside the answer. Header names are in lower case. */
export interface HttpMetadata {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** An error that the service answered. */
export interface SdkError {
  readonly kind: 'error';
  readonly code: string;
  /** Whether the API's model has the error, so that SDKs have a class for it. */
  readonly modelled: boolean;
  /** Absent where there is no body to take it from. */
  readonly message?: string;
  readonly status: number;
  readonly requestId: string;
  /** Only S3 has it. */
  readonly extendedRequestId?: string;
}

/** No answer came from the service. */
export interface SdkUnreachable {
  readonly kind: 'unreachable';
  readonly message: string;
}
