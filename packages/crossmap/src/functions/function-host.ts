import { allot } from './allotment.ts';
import type { Clock } from './clock.ts';
import { Environment } from './environment.ts';
import { type EnvironmentFailure, failurePayload, type LostEnvironment } from './environment-failure.ts';
import type { Credentials } from './environment-variables.ts';
import {
  checkConfiguration,
  type FunctionConfiguration,
  FunctionConfigurationError,
} from './function-configuration.ts';
import { FunctionLog, type LogEvent } from './function-log.ts';
import { functionError, type InvokeResult, REQUEST_LIMIT_BYTES, refused } from './invoke-result.ts';

export interface FunctionHostOptions {
  /** The most threads that exist at once, over all functions. At least 1. */
  readonly environments: number;
  /** The URL that SDK clients in functions talk to: `http://127.0.0.1:PORT`. Asked at each environment's start. */
  readonly endpoint: () => string;
  /**
   * Credentials of the function's role. Asked at each environment's start and before each invocation. What it throws
   * is the message of the invocation's `ServiceException`.
   */
  readonly credentials: (configuration: FunctionConfiguration) => Credentials;
  /**
   * Whether what the function says in a new log stream is kept, as its role may write it there. Asked at each
   * environment's start, which is when Lambda makes the stream.
   * @default - always
   */
  readonly keepsLog?: (configuration: FunctionConfiguration, logStreamName: string) => boolean;
  readonly clock: Clock;
  /** A new UUID. */
  readonly requestId: () => string;
  readonly onLog?: (event: LogEvent) => void;
}

interface Waiting {
  readonly order: number;
  readonly requestId: string;
  readonly payload: string;
  readonly clientContext: string | undefined;
  readonly resolve: (result: InvokeResult) => void;
}

interface HostedFunction {
  readonly configuration: FunctionConfiguration;
  readonly log: FunctionLog;
  /** As it was said for the latest environment. */
  keepsLog: boolean;
  readonly waiting: Waiting[];
}

interface HostedEnvironment {
  readonly function: HostedFunction;
  readonly environment: Environment;
}

const CLOSED: LostEnvironment = {
  kind: 'lost',
  errorType: 'Runtime.ExitError',
  cause: 'The function host was closed',
};

/**
 * Runs Node.js functions as Lambda does: warm environments, one invocation at a time each. An invocation waits for a
 * free environment as long as it takes; its timeout runs from its start there. Every invocation gets its result.
 */
export class FunctionHost {
  readonly #options: FunctionHostOptions;
  readonly #functions = new Map<string, HostedFunction>();
  /** Least recently used first. */
  readonly #environments = new Set<HostedEnvironment>();
  #invocations = 0;
  #closed = false;
  #cancelWait = (): void => {};

  constructor(options: FunctionHostOptions) {
    if (!(options.environments >= 1)) {
      throw new RangeError(`Expected \`environments\` to be at least 1, got \`${options.environments}\``);
    }
    this.#options = options;
  }

  /** Throws `FunctionConfigurationError`: not supported, out of Lambda's bounds, or a function of this ARN is there. */
  add(configuration: FunctionConfiguration): void {
    checkConfiguration(configuration);
    if (this.#functions.has(configuration.functionArn)) {
      throw new FunctionConfigurationError(`Function already exist: ${configuration.functionName}`);
    }
    this.#functions.set(configuration.functionArn, {
      configuration,
      log: new FunctionLog(),
      keepsLog: true,
      waiting: [],
    });
  }

  functions(): readonly FunctionConfiguration[] {
    return [...this.#functions.values()].map((hosted) => hosted.configuration);
  }

  /** `payload` and `clientContext` are JSON text; an empty payload stands for `{}`. Never rejected, never without an end. */
  async invoke(functionArn: string, payload: string, clientContext?: string): Promise<InvokeResult> {
    const invoked = this.#functions.get(functionArn);
    if (invoked === undefined)
      return refused('ResourceNotFoundException', `Function not found: ${functionArn}:$LATEST`);
    if (Buffer.byteLength(payload) > REQUEST_LIMIT_BYTES) {
      const message = `Request must be smaller than ${REQUEST_LIMIT_BYTES} bytes for the InvokeFunction operation`;
      return refused('RequestTooLargeException', message);
    }
    if (this.#closed) return refused('ServiceException', CLOSED.cause);
    const requestId = this.#options.requestId();
    this.#invocations += 1;
    return new Promise((resolve) => {
      invoked.waiting.push({ order: this.#invocations, requestId, payload, clientContext, resolve });
      this.#allot();
    });
  }

  /** The last 1,000 log events of a function, oldest first; none for a function that is not here. */
  logs(functionArn: string): readonly LogEvent[] {
    return this.#functions.get(functionArn)?.log.events() ?? [];
  }

  /** Ends all environments. Invocations under way or waiting get an error that says so. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelWait();
    for (const { waiting } of this.#functions.values()) {
      for (const { resolve } of waiting.splice(0)) resolve(refused('ServiceException', CLOSED.cause));
    }
    const ending = [...this.#environments].map(({ environment }) => {
      environment.end(CLOSED);
      return environment.ended;
    });
    await Promise.all(ending);
  }

  #allot(): void {
    this.#cancelWait();
    this.#cancelWait = () => {};
    while (!this.#closed) {
      const { clock, environments } = this.#options;
      const allotment = allot(this.#functions.values(), this.#environments, environments, clock.now());
      switch (allotment.kind) {
        case 'start':
          this.#start(allotment.function);
          break;
        case 'run':
          this.#run(allotment.slot);
          break;
        case 'end':
          allotment.slot.environment.end();
          break;
        case 'wait':
          if (allotment.until !== undefined) this.#cancelWait = clock.at(allotment.until, () => this.#allot());
          return;
      }
    }
  }

  #start(hosted: HostedFunction): void {
    let environment: Environment;
    try {
      environment = this.#createEnvironment(hosted);
    } catch (error) {
      hosted.waiting.shift()?.resolve(refused('ServiceException', `Environment not started: ${error}`));
      return;
    }
    const slot = { function: hosted, environment };
    this.#environments.add(slot);
    void environment.started.then((failure) => {
      if (failure !== undefined) this.#failOldest(hosted, failure);
      this.#allot();
    });
    void environment.ended.then(() => {
      this.#environments.delete(slot);
      this.#allot();
    });
  }

  #createEnvironment(hosted: HostedFunction): Environment {
    const { configuration } = hosted;
    const { clock, endpoint, credentials, requestId } = this.#options;
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStreamName = `${day}/[$LATEST]${requestId().replaceAll('-', '')}`;
    hosted.keepsLog = this.#options.keepsLog?.(configuration, logStreamName) ?? true;
    return new Environment(configuration, {
      clock,
      endpoint: endpoint(),
      logStreamName,
      credentials: () => credentials(configuration),
      log: (message, requestId) => this.#log(hosted, message, requestId),
    });
  }

  /** An environment that could not start is the failure of the invocation that it was started for. */
  #failOldest(hosted: HostedFunction, failure: EnvironmentFailure): void {
    const invocation = hosted.waiting.shift();
    if (invocation === undefined) return;
    const payload = failurePayload(failure, invocation.requestId);
    this.#log(hosted, `INIT_REPORT Status: error\t${payload}`, invocation.requestId);
    invocation.resolve(functionError(payload));
  }

  #run(slot: HostedEnvironment): void {
    const { requestId, payload, clientContext, resolve } = slot.function.waiting.shift()!;
    this.#environments.delete(slot);
    this.#environments.add(slot);
    try {
      void slot.environment.run(requestId, payload, clientContext).then((result) => {
        resolve(result);
        this.#allot();
      });
    } catch (error) {
      resolve(refused('ServiceException', `Invocation not started: ${error}`));
    }
  }

  #log(hosted: HostedFunction, message: string, requestId?: string): void {
    if (!hosted.keepsLog) return;
    const { functionArn } = hosted.configuration;
    const timestamp = this.#options.clock.now();
    const event = hosted.log.add({ functionArn, timestamp, message, ...(requestId !== undefined && { requestId }) });
    this.#options.onLog?.(event);
  }
}
