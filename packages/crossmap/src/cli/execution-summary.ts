import type { DescribeExecutionOutput, DescribeMapRunOutput } from '@aws-sdk/client-sfn';
import { observe, progressOf } from '../progress/map-run-progress.ts';
import { durationText, itemCountsText, rateText } from '../progress/progress-text.ts';
import { type Denial, type DenialsSince, isLoopback } from './denials.ts';
import { lastStateEntered, mapRunLabel } from './execution-follower.ts';
import type { Connection, StepFunctions } from './step-functions.ts';
import { type Paint, printable } from './terminal.ts';

/** An ended execution, in the fields of the API; what `crossmap start --wait --json` prints. */
export interface ExecutionSummary {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly status: string;
  readonly startDate: Date;
  readonly stopDate: Date;
  /** Where it ended, unless it succeeded. */
  readonly failedState?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly output?: unknown;
  /** Oldest first. */
  readonly mapRuns: readonly DescribeMapRunOutput[];
  /** Of the embedded accounts, since the start. Absent on AWS. */
  readonly denials?: readonly Denial[];
  /** Why there are no `denials` where there should be. */
  readonly denialsUnreadable?: string;
}

export async function summarize(
  { stepFunctions, endpoint }: Pick<Connection, 'stepFunctions' | 'endpoint'>,
  execution: DescribeExecutionOutput,
  denialsSince: DenialsSince,
  now: Date,
): Promise<ExecutionSummary> {
  const { executionArn = '', stateMachineArn = '', status = '', startDate = now, stopDate = now } = execution;
  const { error, cause, output } = execution;
  const failedState = status === 'SUCCEEDED' ? undefined : await stateOfEnd(stepFunctions, executionArn);
  const mapRuns = await describeMapRuns(stepFunctions, executionArn);
  const denied = await denialsOf(await endpoint(), startDate, denialsSince);
  return {
    executionArn,
    stateMachineArn,
    status,
    startDate,
    stopDate,
    ...(failedState === undefined ? {} : { failedState }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    ...(output === undefined ? {} : { output: parsed(output) ?? output }),
    mapRuns,
    ...denied,
  };
}

/** The end of an execution is worth telling even where its denials cannot be told. */
async function denialsOf(
  endpoint: string | undefined,
  since: Date,
  denialsSince: DenialsSince,
): Promise<Pick<ExecutionSummary, 'denials' | 'denialsUnreadable'>> {
  if (!isLoopback(endpoint)) return {};
  try {
    const denials = await denialsSince(endpoint, since);
    return denials === undefined ? {} : { denials };
  } catch (error) {
    return { denialsUnreadable: error instanceof Error ? error.message : String(error) };
  }
}

async function stateOfEnd(stepFunctions: StepFunctions, executionArn: string): Promise<string | undefined> {
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.getExecutionHistory({
      executionArn,
      reverseOrder: true,
      maxResults: 100,
      includeExecutionData: false,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    const name = lastStateEntered(page.events);
    if (name !== undefined) return name;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return undefined;
}

async function describeMapRuns(stepFunctions: StepFunctions, executionArn: string): Promise<DescribeMapRunOutput[]> {
  const described: DescribeMapRunOutput[] = [];
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.listMapRuns({ executionArn, ...(nextToken === undefined ? {} : { nextToken }) });
    for (const { mapRunArn } of page.mapRuns ?? []) {
      described.push(withoutMetadata(await stepFunctions.describeMapRun({ mapRunArn })));
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return described.sort((a, b) => (a.startDate?.getTime() ?? 0) - (b.startDate?.getTime() ?? 0));
}

/** The SDK adds what it knows of the HTTP answer to each output. */
function withoutMetadata(answer: DescribeMapRunOutput & { $metadata?: unknown }): DescribeMapRunOutput {
  const { $metadata, ...output } = answer;
  return output;
}

export function summaryLines(summary: ExecutionSummary, paint: Paint): string[] {
  const { status, executionArn, startDate, stopDate, mapRuns, output, denials = [], denialsUnreadable } = summary;
  return [
    headline(summary, paint),
    '',
    field('Duration', durationText((stopDate.getTime() - startDate.getTime()) / 1000)),
    ...mapRuns.map((mapRun) => field('Items', itemsOf(mapRun, mapRuns.length > 1))),
    field('Execution', executionArn),
    ...(output === undefined ? [] : ['Output', ...indented(JSON.stringify(output, undefined, 2), '  ')]),
    ...(denials.length === 0 ? [] : ['', paint(status === 'SUCCEEDED' ? 'bold' : 'red', 'Denied since the start')]),
    ...denials.flatMap(denialLines),
    ...(denialsUnreadable === undefined ? [] : ['', `Denials cannot be read: ${printable(denialsUnreadable)}`]),
  ];
}

function headline({ status, failedState, error, cause }: ExecutionSummary, paint: Paint): string {
  if (status === 'SUCCEEDED') return paint('green', status);
  const where = failedState === undefined ? '' : ` in ${printable(failedState)}`;
  const why = failureText(error, cause);
  return `${paint('red', `${status}${where}`)}${why === '' ? '' : `: ${why}`}`;
}

/** `error: cause`, where the JSON that a Lambda function's error leaves as cause reads as `errorType: errorMessage`. */
export function failureText(error: string | undefined, cause: string | undefined): string {
  const details = cause === undefined ? undefined : parsed(cause);
  if (typeof details === 'object' && details !== null && 'errorMessage' in details) {
    const type = 'errorType' in details && details.errorType !== error ? [details.errorType] : [];
    return textOf([error, ...type, details.errorMessage]);
  }
  return textOf([error, cause]);
}

function textOf(parts: readonly unknown[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => printable(String(part)))
    .join(': ');
}

function itemsOf(mapRun: DescribeMapRunOutput, several: boolean): string {
  const progress = progressOf(observe(undefined, mapRun, 0));
  const rate = progress.total > 0 && progress.itemsPerSecond !== undefined ? [rateText(progress.itemsPerSecond)] : [];
  const text = [itemCountsText(progress), ...rate].join(' · ');
  return several ? `${text} · ${printable(mapRunLabel(mapRun.mapRunArn ?? ''))}` : text;
}

function denialLines({ action, resource, principalArn, explanation, count }: Denial): string[] {
  return [
    `  ${printable(action)} on ${printable(resource)}${count > 1 ? `, ${count} times` : ''}`,
    `    by ${printable(principalArn)}`,
    ...indented(explanation, '    '),
  ];
}

const field = (name: string, value: string) => `${name.padEnd(9)}  ${value}`;

const indented = (text: string, by: string) => text.split('\n').map((line) => `${by}${line}`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
