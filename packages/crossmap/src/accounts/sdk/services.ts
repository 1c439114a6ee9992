import type { EmbeddedS3 } from '../../s3/embedded-s3.ts';
import { OPERATIONS } from '../../s3/operations.ts';
import { type ClientPackage, clientPackageOf, clientService, type Destination, loadClient } from './client-package.ts';
import { type EmbeddedLambdaPorts, embeddedLambda } from './embedded-lambda.ts';
import { type EmbeddedStsPorts, embeddedSts } from './embedded-sts.ts';
import { inProcessS3 } from './in-process-s3.ts';
import { type InProcessPorts, inProcessStepFunctions, type StepFunctionsApi } from './in-process-step-functions.ts';
import type { SdkService } from './sdk-operation.ts';

/** An endpoint that tasks cannot be sent to. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

export interface SdkServicesPorts extends InProcessPorts, EmbeddedLambdaPorts, EmbeddedStsPorts {
  readonly s3: EmbeddedS3;
  readonly stepFunctions: StepFunctionsApi;
  /** The names of its operations that are here. */
  readonly stepFunctionsOperations: Iterable<string>;
}

const EMBEDDED_SERVICES: readonly string[] = ['lambda', 's3', 'sfn', 'sts'];

/** The services that tasks call, by their names in `aws-sdk` integrations. A client is loaded when it is first needed. */
export class SdkServices {
  readonly #services: Map<string, () => Promise<SdkService>>;

  constructor(ports: SdkServicesPorts, atEndpoints: ReadonlyMap<string, SdkService> = new Map()) {
    const { s3, stepFunctions, stepFunctionsOperations: operations, accounts, requestId } = ports;
    const inProcess = (handler: Extract<Destination, { kind: 'in-process' }>['handler']) =>
      ({ kind: 'in-process', handler }) as const;
    const toS3 = inProcess(inProcessS3(s3, accounts, requestId));
    const toStepFunctions = inProcess(inProcessStepFunctions(stepFunctions, ports));
    const asPackage = (client: object) => client as ClientPackage;
    this.#services = new Map<string, () => Promise<SdkService>>([
      ...[...atEndpoints].map(([name, service]) => [name, async () => service] as const),
      [
        's3',
        once(async () => clientService(asPackage(await import('@aws-sdk/client-s3')), toS3, Object.keys(OPERATIONS))),
      ],
      [
        'sfn',
        once(async () => clientService(asPackage(await import('@aws-sdk/client-sfn')), toStepFunctions, operations)),
      ],
      ['lambda', once(async () => embeddedLambda(ports))],
      ['sts', once(async () => embeddedSts(ports))],
    ]);
  }

  async service(name: string): Promise<SdkService | undefined> {
    return this.#services.get(name)?.();
  }
}

/**
 * The services at endpoints, called by the official clients that the project in `directory` has. Errors:
 * `EndpointError`. What they may do is theirs to say: the role of a state machine is not asked.
 */
export function servicesAtEndpoints(
  endpoints: Readonly<Record<string, string>>,
  directory: string,
): ReadonlyMap<string, SdkService> {
  const services = new Map<string, SdkService>();
  for (const [name, url] of Object.entries(endpoints)) {
    if (EMBEDDED_SERVICES.includes(name)) {
      throw new EndpointError(`The service ${name} is embedded: no endpoint takes its place`);
    }
    const client = clientPackageOf(name, directory);
    if (client === undefined) {
      throw new EndpointError(
        `The endpoint of ${name} needs the AWS SDK client of that service, which is not installed in ${directory}`,
      );
    }
    services.set(name, clientService(loadClient(client, directory), { kind: 'endpoint', url }));
  }
  return services;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
