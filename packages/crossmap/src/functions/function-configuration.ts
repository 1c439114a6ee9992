import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What CreateFunction is told of a function, and where its code lies on disk. */
export interface FunctionConfiguration {
  readonly functionArn: string;
  readonly functionName: string;
  /** Any `nodejs*` name. All of them run on the Node.js that runs this process. */
  readonly runtime: string;
  /** `FILE.FUNCTION` below `codeDirectory`: `index.handler`, `dir/file.handler`. */
  readonly handler: string;
  /** Absolute path of the unpacked asset. */
  readonly codeDirectory: string;
  readonly timeoutSeconds: number;
  /** Also the limit of the thread's JavaScript heap. Memory outside of it (buffers) is not limited. */
  readonly memorySizeMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly region: string;
  readonly logGroupName: string;
}

/** A function that cannot be hosted as it is configured. The message says what was expected and found. */
export class FunctionConfigurationError extends Error {
  override readonly name = 'FunctionConfigurationError';
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Reserved environment variables" */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

const ENVIRONMENT_LIMIT_BYTES = 4096;

/** Throws `FunctionConfigurationError` on the first thing that Lambda, or this host of it, does not accept. */
export function checkConfiguration(configuration: FunctionConfiguration): void {
  const { functionName, runtime, timeoutSeconds, memorySizeMb } = configuration;
  const expect = (holds: boolean, expected: string, found: string | number): void => {
    if (!holds) {
      throw new FunctionConfigurationError(`Function ${functionName}: expected ${expected}, got \`${found}\``);
    }
  };
  expect(runtime.startsWith('nodejs'), '`Runtime` to be `nodejs*` (no other runtime runs locally)', runtime);
  expect(isWithin(timeoutSeconds, 1, 900), '`Timeout` to be an integer from 1 to 900', timeoutSeconds);
  expect(isWithin(memorySizeMb, 128, 10240), '`MemorySize` to be an integer from 128 to 10240', memorySizeMb);
  checkHandler(configuration, expect);
  checkEnvironment(configuration.environment, expect);
}

/**
 * The module and the path of properties that a handler string names: `dir/file.a.b` is property `b` of export `a` of
 * `dir/file`. Undefined for any other form.
 */
export function parseHandler(handler: string): { module: string; properties: readonly string[] } | undefined {
  const [file, ...properties] = basename(handler).split('.');
  if (/\s|\.\./.test(handler) || !file || properties.length === 0 || properties.includes('')) return undefined;
  return { module: join(dirname(handler), file), properties };
}

/** The extensions of a module file, in the order in which the Node.js runtime looks for them. */
export const MODULE_EXTENSIONS = ['.js', '.mjs', '.cjs'] as const;

type Expect = (holds: boolean, expected: string, found: string | number) => void;

function checkHandler({ handler, codeDirectory }: FunctionConfiguration, expect: Expect): void {
  const parsed = parseHandler(handler);
  expect(parsed !== undefined, '`Handler` to be `FILE.FUNCTION` without `..` or white space', handler);
  const path = join(codeDirectory, parsed!.module);
  const exists = MODULE_EXTENSIONS.some((extension) => existsSync(path + extension));
  expect(exists, `\`${handler}\` to name a file ending in ${MODULE_EXTENSIONS.join(', ')}`, `no file ${path}.*`);
}

function checkEnvironment(environment: Readonly<Record<string, string>>, expect: Expect): void {
  for (const name of Object.keys(environment)) {
    expect(/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name), 'a name of an environment variable', name);
    expect(!RESERVED.has(name), 'no environment variable that Lambda sets itself', name);
  }
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  expect(bytes <= ENVIRONMENT_LIMIT_BYTES, `at most ${ENVIRONMENT_LIMIT_BYTES} bytes of environment variables`, bytes);
}

function isWithin(value: number, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
