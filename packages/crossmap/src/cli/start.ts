import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { awsError } from './aws-error.ts';
import { type DenialsSince, isLoopback } from './denials.ts';
import { CommandError, EXIT, type ExitCode, refusedError, usageError } from './errors.ts';
import { type ExecutionView, followExecution } from './execution-follower.ts';
import { summarize, summaryLines } from './execution-summary.ts';
import { executionLine, executionWindow } from './execution-window.ts';
import type { Host } from './host.ts';
import type { Connect, Connection, StepFunctions } from './step-functions.ts';
import { hasColour, openDisplay, painter } from './terminal.ts';

export interface StartOptions {
  /** Name or ARN, `#` and a test case may follow; absent: the only one there is. */
  readonly stateMachine: string | undefined;
  /** JSON, or `@` and the name of a file that holds it. */
  readonly input: string;
  readonly name: string | undefined;
  readonly wait: boolean;
  readonly json: boolean;
  readonly profile: string | undefined;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly data: string | undefined;
}

export interface StartServices {
  readonly connect: Connect;
  readonly denialsSince: DenialsSince;
}

/** Starts an execution and, when asked to, waits for its end. With `json` one JSON object is all that stdout gets. */
export async function start(options: StartOptions, host: Host, services: StartServices): Promise<ExitCode> {
  const input = await inputText(options.input, host.cwd);
  const connection = await services.connect(options, host);
  try {
    return await startOn(connection, input, options, host, services.denialsSince);
  } catch (error) {
    throw error instanceof CommandError ? error : (awsError(error) ?? error);
  } finally {
    connection.close();
  }
}

async function startOn(
  connection: Connection,
  input: string,
  { stateMachine, name, wait, json }: StartOptions,
  host: Host,
  denialsSince: DenialsSince,
): Promise<ExitCode> {
  const { stepFunctions } = connection;
  const stateMachineArn = await findStateMachine(stepFunctions, stateMachine);
  const started = await stepFunctions.startExecution({
    stateMachineArn,
    input,
    ...(name === undefined ? {} : { name }),
  });
  const { executionArn = '', startDate = new Date(host.clock.now()) } = started;
  if (wait && executionArn.includes(':express:')) {
    throw refusedError('An EXPRESS execution cannot be looked at while it runs, nor after it', {
      details: [`Started ${executionArn}`],
      hint: 'The log group of its state machine has what it did; `aws stepfunctions start-sync-execution` answers with its end.',
    });
  }
  if (!wait) {
    const answer = { executionArn, stateMachineArn, startDate };
    host.stdout.write(json ? `${JSON.stringify(answer)}\n` : `Started ${executionArn}\n`);
    return EXIT.ok;
  }

  const execution = await showUntilEnd(connection, executionArn, stateMachineArn, host);
  if (execution === undefined) {
    const answer = { executionArn, stateMachineArn, startDate, status: 'RUNNING' };
    if (json) host.stdout.write(`${JSON.stringify(answer)}\n`);
    host.stderr.write(
      ['Stopped waiting; the execution goes on.', ...lookAgain(executionArn, connection), ''].join('\n'),
    );
    return EXIT.interrupted;
  }
  const summary = await summarize(connection, execution, denialsSince, new Date(host.clock.now()));
  const paint = painter(hasColour(host.stdout, host.env));
  host.stdout.write(json ? `${JSON.stringify(summary)}\n` : `${summaryLines(summary, paint).join('\n')}\n`);
  return summary.status === 'SUCCEEDED' ? EXIT.ok : EXIT.runFailed;
}

/** Progress goes to stderr. Answers undefined after Ctrl-C. */
async function showUntilEnd(
  connection: Connection,
  executionArn: string,
  stateMachineArn: string,
  host: Host,
): Promise<DescribeExecutionOutput | undefined> {
  const endpoint = await connection.endpoint();
  host.stderr.write(`Started ${executionArn}\n${endpoint === undefined ? '' : `     at ${endpoint}\n`}`);
  const interrupted = host.interruptible();
  let view: ExecutionView = {
    stateMachineName: lastPart(stateMachineArn),
    executionName: lastPart(executionArn),
    status: 'RUNNING',
    startedAt: host.clock.now(),
    now: host.clock.now(),
    stateName: undefined,
    mapRun: undefined,
  };
  const paint = painter(hasColour(host.stderr, host.env));
  const shown = { window: (columns: number) => executionWindow(view, columns, paint), line: () => executionLine(view) };
  const display = openDisplay(shown, host.stderr, host);
  const pace = { clock: host.clock, intervalMs: isLoopback(endpoint) ? 250 : 1_000, interrupted };
  try {
    return await followExecution(connection.stepFunctions, view, executionArn, pace, (next) => {
      view = next;
      display.update();
    });
  } catch (error) {
    throw lostSight(error, executionArn, connection);
  } finally {
    display.end();
  }
}

/** The text as it was given, once it is known to be JSON. */
async function inputText(given: string, cwd: string): Promise<string> {
  const file = given.startsWith('@') ? given.slice(1) : undefined;
  const text = file === undefined ? given : await readFile(resolve(cwd, file), 'utf8').catch(unreadable);
  try {
    JSON.parse(text);
  } catch (error) {
    const where = file === undefined ? '--input' : `the file of --input, ${file},`;
    throw usageError(
      `Expected ${where} to be JSON: ${error instanceof Error ? error.message : String(error)}`,
      `For example: --input '{"prefix": "2026/"}'`,
    );
  }
  return text;
}

function unreadable(error: unknown): never {
  throw usageError(`The file of --input cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}

async function findStateMachine(stepFunctions: StepFunctions, wanted: string | undefined): Promise<string> {
  if (wanted?.startsWith('arn:')) return wanted;
  const [name = '', ...testCase] = (wanted ?? '').split('#');
  return [await stateMachineNamed(stepFunctions, name === '' ? undefined : name), ...testCase].join('#');
}

async function stateMachineNamed(stepFunctions: StepFunctions, wanted: string | undefined): Promise<string> {
  const found: { readonly name: string; readonly stateMachineArn: string }[] = [];
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.listStateMachines(nextToken === undefined ? {} : { nextToken });
    for (const { name = '', stateMachineArn = '' } of page.stateMachines ?? []) found.push({ name, stateMachineArn });
    nextToken = page.nextToken;
  } while (nextToken !== undefined);

  const [match, another] = wanted === undefined ? found : found.filter(({ name }) => name === wanted);
  if (match !== undefined && another === undefined) return match.stateMachineArn;
  if (found.length === 0) throw refusedError('There is no state machine in this account and Region', {});
  const what = wanted === undefined ? 'There are several state machines' : `There is no state machine \`${wanted}\``;
  throw new CommandError(what, EXIT.usage, {
    details: found.map(({ name }) => name),
    hint: 'Choose one with --state-machine NAME.',
  });
}

/** The wait failed, not the execution: the way back to it must not be lost. */
function lostSight(error: unknown, executionArn: string, connection: Connection): unknown {
  const known = awsError(error);
  if (known === undefined) return error;
  return refusedError(known.message, {
    details: ['The execution may go on.', ...lookAgain(executionArn, connection)],
    ...(known.hint === undefined ? {} : { hint: known.hint }),
    cause: error,
  });
}

function lookAgain(executionArn: string, { awsCommand }: Connection): string[] {
  return ['Look again with:', `  ${awsCommand} stepfunctions describe-execution --execution-arn ${executionArn}`];
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
