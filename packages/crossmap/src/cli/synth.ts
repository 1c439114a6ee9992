import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandError, EXIT, usageError } from './errors.ts';
import type { Host } from './host.ts';

/** What an app sees as its default account and Region, and so what `crossmap dev` gives to stacks without `env`. */
export const DEFAULT_WORKFLOW = { account: '111111111111', region: 'us-east-1' } as const;

export interface SynthOptions {
  /** The app's command; absent: `app` of cdk.json. */
  readonly app: string | undefined;
  /** `key=value`, as `cdk -c` takes them. */
  readonly context: readonly string[];
  readonly workflowAccount: string | undefined;
  readonly workflowRegion: string | undefined;
  /** Absolute. */
  readonly outdir: string;
}

interface Project {
  readonly app?: unknown;
  readonly build?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
}

/**
 * Synthesizes the CDK app of the current folder as the CDK CLI does and answers the folder of its cloud assembly:
 * runs `build` and then `app` with a shell, under the environment variables that aws-cdk-lib reads. Context given with
 * `-c` comes before that of cdk.json, and that before cdk.context.json. An `app` that is a folder is an assembly already.
 * What the commands print goes to stderr. The manifest of an earlier synthesis is removed first: an app that writes none
 * must not pass for one that did.
 */
export async function synthesize(options: SynthOptions, host: Host, interrupted: AbortSignal): Promise<string> {
  const given = Object.fromEntries(options.context.map(contextEntry));
  const project: Project | undefined = await jsonFile(join(host.cwd, 'cdk.json'));
  const app = options.app ?? project?.app;
  if (app === undefined && project === undefined) {
    throw usageError(
      `No cdk.json in ${host.cwd}`,
      'Run this in the folder of a CDK app, or give --app COMMAND or --assembly DIR.',
    );
  }
  if (typeof app !== 'string' || app === '') {
    throw usageError(`Expected \`app\` of cdk.json to be a command, got \`${JSON.stringify(app)}\``, 'Or give --app.');
  }
  if (await isFolder(resolve(host.cwd, app))) return resolve(host.cwd, app);

  await mkdir(options.outdir, { recursive: true });
  await rm(join(options.outdir, 'manifest.json'), { force: true });
  const context = {
    ...(await jsonFile(join(host.cwd, 'cdk.context.json'))),
    ...project?.context,
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    ...given,
  };
  const env = {
    ...host.env,
    ...(await contextVariables(JSON.stringify(context), options.outdir)),
    CDK_OUTDIR: options.outdir,
    CDK_DEFAULT_ACCOUNT: options.workflowAccount ?? DEFAULT_WORKFLOW.account,
    CDK_DEFAULT_REGION: options.workflowRegion ?? DEFAULT_WORKFLOW.region,
  };
  if (typeof project?.build === 'string') await runCommand('build', project.build, env, host, interrupted);
  await runCommand('app', app, env, host, interrupted);
  return options.outdir;
}

function contextEntry(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw usageError(`Expected --context to be \`key=value\`, got \`${text}\``);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

const LARGEST_VARIABLE = 30_000;

/** One environment variable has a limit (128 KiB on Linux, 32 KiB on Windows); aws-cdk-lib reads the rest from a file. */
async function contextVariables(context: string, outdir: string): Promise<Record<string, string>> {
  if (Buffer.byteLength(context) <= LARGEST_VARIABLE) return { CDK_CONTEXT_JSON: context };
  const file = `${outdir}.context.json`;
  await writeFile(file, context);
  return { CDK_CONTEXT_JSON: '{}', CONTEXT_OVERFLOW_LOCATION_ENV: file };
}

async function jsonFile(file: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch (error) {
    throw usageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw usageError(`Expected ${file} to hold a JSON object`);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function runCommand(
  kind: 'app' | 'build',
  command: string,
  env: Host['env'],
  host: Host,
  interrupted: AbortSignal,
): Promise<void> {
  const child = spawn(command, { shell: true, cwd: host.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => host.stderr.write(text));
  }
  const ended = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? String(code)));
    interrupted.addEventListener('abort', () => {
      child.kill();
      child.stdout.destroy();
      child.stderr.destroy();
      resolve('an interruption');
    });
  });
  if (interrupted.aborted) throw new CommandError('Stopped before anything was started', EXIT.interrupted, {});
  if (ended !== '0') {
    throw new CommandError(`The ${kind} command of the CDK app ended with ${ended}`, EXIT.runFailed, {
      details: [command],
      hint: 'What it printed is above.',
    });
  }
}
