import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RoleCaller } from '../../engine/ports.ts';
import { withoutNodeVersionWarning } from './node-version-warning.ts';
import type { HttpMetadata, SdkOperation, SdkResult, SdkService } from './sdk-operation.ts';
import { type OperationSchema, shapeOf } from './shape.ts';

/** What the request handler of a client gets and gives: `HttpRequest` and `HttpResponse` of `@smithy/types`. */
export interface ClientRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
export interface ClientResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
export interface ClientHandler {
  handle(request: ClientRequest, options?: unknown): Promise<{ readonly response: ClientResponse }>;
}

interface Client {
  readonly config: { requestHandler: ClientHandler; readonly serviceId: string };
  send(command: object): Promise<unknown>;
  destroy(): void;
}

/** What is used of the module of an official client. */
export type ClientPackage = Readonly<Record<string, unknown>>;

/** Where the requests of a client go: to a handler in this process, or to a URL. */
export type Destination =
  | { readonly kind: 'in-process'; handler(caller: RoleCaller): ClientHandler }
  | { readonly kind: 'endpoint'; readonly url: string };

/** The clients of services and their packages are named alike, one of them with dashes: `cloudwatchlogs`. */
export function clientPackageOf(service: string, directory: string): string | undefined {
  const require = createRequire(join(directory, 'package.json'));
  const scopes = require.resolve.paths('@aws-sdk/types') ?? [];
  for (const folder of scopes) {
    const found = entriesOf(join(folder, '@aws-sdk')).find(
      (name) => name.replaceAll('-', '') === `client${service.replaceAll('-', '')}`,
    );
    if (found !== undefined) return `@aws-sdk/${found}`;
  }
  return undefined;
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Loads a client from where a project has it. */
export function loadClient(name: string, directory: string): ClientPackage {
  return createRequire(join(directory, 'package.json'))(name) as ClientPackage;
}

/** A service behind its official client: one request a call, never sent again. `only`: the operations there are. */
export function clientService(client: ClientPackage, destination: Destination, only?: Iterable<string>): SdkService {
  const there = only && new Set(only);
  const Client = clientClass(client);
  const newClient = (caller: RoleCaller) =>
    withoutNodeVersionWarning(() => new Client(configuration(caller, destination)));
  const { serviceId } = newClient({ roleArn: '', region: 'us-east-1', sessionName: '' }).config;
  return {
    serviceId,
    knows: (name) => client[`${name}Command`] !== undefined,
    operation(name) {
      if (there?.has(name) === false) return undefined;
      const schema = client[`${name}$`] as OperationSchema | undefined;
      const Command = client[`${name}Command`] as (new (input: object) => object) | undefined;
      if (schema === undefined || Command === undefined) return undefined;
      const [, , , , input, output] = schema;
      const operation: SdkOperation = {
        input: shapeOf(input),
        output: shapeOf(output),
        call: (caller, given) => call(newClient(caller), new Command(given), client, destination),
      };
      return operation;
    },
  };
}

function clientClass(client: ClientPackage): new (configuration: object) => Client {
  const [name] = Object.keys(client).filter((each) => /^[A-Za-z0-9]+Client$/.test(each));
  if (name === undefined) throw new Error('Expected an official client of the AWS SDK');
  return client[name] as new (
    configuration: object,
  ) => Client;
}

function configuration(caller: RoleCaller, destination: Destination): object {
  const { region, roleArn } = caller;
  const accountId = roleArn.split(':')[4] ?? '';
  const common = {
    region,
    maxAttempts: 1,
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The emulators of others tell accounts by the access key.
    credentials: { accessKeyId: accountId, secretAccessKey: 'crossmap' },
    forcePathStyle: true,
  };
  if (destination.kind === 'endpoint') return { ...common, endpoint: destination.url };
  return { ...common, endpoint: 'http://in-process', signer: UNSIGNED, requestHandler: destination.handler(caller) };
}

/** The caller of a request in this process is known without a signature. */
const UNSIGNED = { sign: async (request: unknown) => request };

async function call(
  client: Client,
  command: object,
  exports: ClientPackage,
  destination: Destination,
): Promise<SdkResult> {
  let http: HttpMetadata = { status: 0, headers: {} };
  const { requestHandler } = client.config;
  client.config.requestHandler = {
    async handle(request, options) {
      const { response } = await requestHandler.handle(request, options);
      http = { status: response.statusCode, headers: response.headers };
      return { response };
    },
  };
  try {
    return { kind: 'answer', output: await client.send(command), http };
  } catch (thrown) {
    if (http.status >= 300 && thrown instanceof Error) return errorOf(thrown, http, exports);
    if (destination.kind === 'in-process' || !(thrown instanceof Error)) throw thrown;
    return { kind: 'unreachable', message: thrown.message };
  } finally {
    client.destroy();
  }
}

function errorOf(error: Error, { status, headers }: HttpMetadata, exports: ClientPackage): SdkResult {
  const extended = headers['x-amz-id-2'];
  return {
    kind: 'error',
    code: error.name,
    modelled: isErrorClass(exports[error.name]) && error instanceof (exports[error.name] as new () => Error),
    ...(error.message !== '' && error.message !== 'UnknownError' && { message: error.message }),
    status,
    requestId: headers['x-amzn-requestid'] ?? headers['x-amz-request-id'] ?? '',
    ...(extended !== undefined && { extendedRequestId: extended }),
  };
}

function isErrorClass(value: unknown): boolean {
  return typeof value === 'function' && value.prototype instanceof Error;
}
