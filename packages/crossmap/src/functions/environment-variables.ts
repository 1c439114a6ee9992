import { tmpdir } from 'node:os';
import type { FunctionConfiguration } from './function-configuration.ts';

/** Temporary credentials of a function's execution role. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Where it is known, SDK clients that live on in a warm environment fetch newer credentials in time. */
  readonly expiration?: Date;
}

export type Variables = Readonly<Record<string, string>>;

/**
 * All of a function's environment: nothing of this process's own reaches it but `PATH`. `HOME` is the folder for
 * temporary files, so that no profile of the developer's is read. `TZ` is told as Lambda tells it, but a thread
 * keeps the time zone of its process. The function's configuration may replace what Lambda does not reserve.
 */
export function environmentVariables(
  configuration: FunctionConfiguration,
  credentials: Credentials,
  endpoint: string,
  logStreamName: string,
): Variables {
  return {
    PATH: process.env.PATH ?? '',
    HOME: tmpdir(),
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_ENDPOINT_URL: endpoint,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...configuration.environment,
    ...credentialVariables(credentials),
    AWS_REGION: configuration.region,
    AWS_DEFAULT_REGION: configuration.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    LAMBDA_TASK_ROOT: configuration.codeDirectory,
    _HANDLER: configuration.handler,
  };
}

/** `AWS_CREDENTIAL_EXPIRATION` is what the SDK's environment provider reads; Lambda itself does not set it. */
export function credentialVariables(credentials: Credentials): Variables {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    ...(credentials.expiration && { AWS_CREDENTIAL_EXPIRATION: credentials.expiration.toISOString() }),
  };
}
