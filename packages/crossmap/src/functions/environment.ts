import { Worker } from 'node:worker_threads';
import type { Clock } from './clock.ts';
import { type EnvironmentFailure, exited, failurePayload, timedOut } from './environment-failure.ts';
import {
  type Credentials,
  credentialVariables,
  environmentVariables,
  type Variables,
} from './environment-variables.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { LineSplitter, reportLine } from './function-log.ts';
import { functionError, type InvokeResult, refused, returned } from './invoke-result.ts';
import type { Invocation, RuntimeMessage } from './runtime/messages.ts';

/** What an environment needs of its host. */
export interface EnvironmentPorts {
  readonly clock: Clock;
  readonly endpoint: string;
  readonly logStreamName: string;
  credentials(): Credentials;
  log(message: string, requestId?: string): void;
}

/** Lambda gives an initialization 10 s, or the function's own timeout if that is longer. */
const INIT_TIMEOUT_SECONDS = 10;

interface Running {
  readonly requestId: string;
  readonly startTime: number;
  readonly cancelTimeout: () => void;
  readonly resolve: (result: InvokeResult) => void;
}

/**
 * One thread that has loaded one function's code, kept warm between invocations. It runs one invocation at a time.
 * `started` tells, once, whether the code could be loaded; `ended` that the thread is gone, for whatever reason. Neither
 * promise is ever rejected, and nothing that the function does leaves an invocation without its result.
 */
export class Environment {
  readonly started: Promise<EnvironmentFailure | undefined>;
  readonly ended: Promise<void>;
  readonly #configuration: FunctionConfiguration;
  readonly #ports: EnvironmentPorts;
  readonly #worker: Worker;
  /** What the thread was told last. */
  #credentials: Credentials;
  readonly #initTime: number;
  readonly #output: LineSplitter;
  #state: 'starting' | 'idle' | 'busy' | 'ending' = 'starting';
  #lastUsed: number;
  #initMs: number | undefined;
  #lastRequestId: string | undefined;
  #running: Running | undefined;
  /** What the ending thread is known to end of, until it is told. */
  #failure: EnvironmentFailure | undefined;
  #outOfMemory = false;
  #settleStart: (failure: EnvironmentFailure | undefined) => void = () => {};

  constructor(configuration: FunctionConfiguration, ports: EnvironmentPorts) {
    this.#configuration = configuration;
    this.#ports = ports;
    this.#output = new LineSplitter((line) => this.#log(line));
    this.#initTime = ports.clock.now();
    this.#lastUsed = this.#initTime;
    this.#log(`INIT_START Runtime Version: ${configuration.runtime} (run by Node.js ${process.version})`);
    this.#credentials = ports.credentials();
    this.#worker = new Worker(new URL('./runtime/runtime.js', import.meta.url), {
      name: configuration.functionName,
      env: environmentVariables(configuration, this.#credentials, ports.endpoint, ports.logStreamName),
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: configuration.memorySizeMb },
    });
    const initTimeoutMs = Math.max(INIT_TIMEOUT_SECONDS, configuration.timeoutSeconds) * 1_000;
    const cancelTimeout = ports.clock.at(this.#initTime + initTimeoutMs, () => this.#timeOut());
    this.started = new Promise((resolve) => {
      this.#settleStart = (failure) => {
        cancelTimeout();
        resolve(failure);
      };
    });
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', (exitCode) => {
        this.#lose(this.#failure ?? exited(exitCode, this.#outOfMemory));
        resolve();
      });
    });
    this.#worker.on('message', (message: RuntimeMessage) => this.#hear(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#log(`${error.name}: ${error.message}`);
    });
  }

  get state(): 'starting' | 'idle' | 'busy' | 'ending' {
    return this.#state;
  }

  /** When it was last ready for something new, in epoch ms. */
  get lastUsed(): number {
    return this.#lastUsed;
  }

  /** Only for an idle environment, which it stays if `credentials` throws. The function's timeout runs from now. */
  run(requestId: string, payload: string, clientContext?: string): Promise<InvokeResult> {
    const { functionArn, timeoutSeconds } = this.#configuration;
    const startTime = this.#ports.clock.now();
    const timeoutMs = timeoutSeconds * 1_000;
    const invocation: Invocation = {
      requestId,
      functionArn,
      payload,
      ...(clientContext !== undefined && { clientContext }),
      timeoutMs,
      variables: this.#newVariables(),
    };
    this.#state = 'busy';
    this.#lastRequestId = requestId;
    this.#log(`START RequestId: ${requestId} Version: $LATEST`);
    return new Promise((resolve) => {
      const cancelTimeout = this.#ports.clock.at(startTime + timeoutMs, () => this.#timeOut());
      this.#running = { requestId, startTime, cancelTimeout, resolve };
      this.#worker.postMessage(invocation);
    });
  }

  /** The variables of the credentials of now, unless the thread has them already. */
  #newVariables(): Variables {
    const credentials = this.#ports.credentials();
    if (credentials === this.#credentials) return {};
    this.#credentials = credentials;
    return credentialVariables(credentials);
  }

  /** Ends the thread, whatever it does. An invocation under way gets `failure`. */
  end(failure: EnvironmentFailure = exited(0, false)): void {
    this.#state = 'ending';
    this.#failure ??= failure;
    void this.#worker.terminate();
  }

  #timeOut(): void {
    this.end(timedOut(this.#configuration.timeoutSeconds));
  }

  #hear(message: RuntimeMessage): void {
    switch (message.kind) {
      case 'ready':
        if (this.#state === 'ending') return;
        this.#state = 'idle';
        this.#lastUsed = this.#ports.clock.now();
        this.#initMs = this.#lastUsed - this.#initTime;
        this.#settleStart(undefined);
        return;
      case 'init-error':
        this.end({ kind: 'reported', payload: message.payload });
        return;
      case 'log':
        this.#log(message.message);
        return;
      case 'output':
        this.#output.write(message.text);
        return;
      case 'returned':
        this.#finish(returned(message.payload), message.memoryUsedMb);
        return;
      case 'error':
        if (message.fatal) this.end();
        this.#finish(functionError(message.payload), message.memoryUsedMb);
        return;
      case 'invalid-request':
        this.#finish(refused('InvalidRequestContentException', message.message));
        return;
    }
  }

  /** The thread is gone: what waits for it gets the reason. */
  #lose(failure: EnvironmentFailure): void {
    this.#state = 'ending';
    this.#output.flush();
    this.#settleStart(failure);
    if (this.#running === undefined) return;
    const { requestId } = this.#running;
    if (failure.kind === 'lost') this.#log(`RequestId: ${requestId} Error: ${failure.cause}\n${failure.errorType}`);
    const status = failure.kind === 'lost' && failure.errorType === 'Sandbox.Timedout' ? 'timeout' : 'error';
    this.#finish(functionError(failurePayload(failure, requestId)), undefined, status);
  }

  #finish(result: InvokeResult, memoryUsedMb?: number, status?: string): void {
    const running = this.#running;
    if (running === undefined) return;
    const { requestId, startTime } = running;
    running.cancelTimeout();
    this.#running = undefined;
    if (this.#state === 'busy') this.#state = 'idle';
    this.#output.flush();
    this.#log(`END RequestId: ${requestId}`);
    this.#lastUsed = this.#ports.clock.now();
    const durationMs = this.#lastUsed - startTime;
    const { memorySizeMb } = this.#configuration;
    const report = { requestId, durationMs, memorySizeMb, memoryUsedMb, initMs: this.#initMs, status };
    this.#log(reportLine(report));
    this.#initMs = undefined;
    running.resolve(result);
  }

  #log(message: string): void {
    this.#ports.log(message, this.#lastRequestId);
  }
}
