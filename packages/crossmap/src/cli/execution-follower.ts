import type { DescribeExecutionOutput, DescribeMapRunOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import { type ObservedMapRun, observe } from '../progress/map-run-progress.ts';
import type { Clock } from './host.ts';
import type { StepFunctions } from './step-functions.ts';

/** What is known of a running execution; times in epoch ms. */
export interface ExecutionView {
  readonly stateMachineName: string;
  readonly executionName: string;
  readonly status: string;
  readonly startedAt: number;
  readonly now: number;
  /** The state entered last; undefined before the first. */
  readonly stateName: string | undefined;
  /** The Map Run started last. */
  readonly mapRun:
    | { readonly mapRunArn: string; readonly stateName: string; readonly observed: ObservedMapRun }
    | undefined;
}

/** How long a new execution may be unknown to DescribeExecution, which is eventually consistent on AWS. */
const UNKNOWN_MS = 10_000;

/**
 * Asks until the execution has ended, once per interval, and shows each new view. Answers undefined when `interrupted`.
 * One DescribeMapRun per interval at most: AWS refills that quota with one call a second.
 */
export async function followExecution(
  stepFunctions: StepFunctions,
  first: ExecutionView,
  executionArn: string,
  { clock, intervalMs, interrupted }: { clock: Clock; intervalMs: number; interrupted: AbortSignal },
  show: (view: ExecutionView) => void,
): Promise<DescribeExecutionOutput | undefined> {
  let view = first;
  show(view);
  while (!interrupted.aborted) {
    const execution = await describe(stepFunctions, executionArn, clock.now() - view.startedAt < UNKNOWN_MS);
    if (execution !== undefined) {
      view = await look(stepFunctions, view, executionArn, clock);
      const ended = execution.status !== 'RUNNING';
      view = { ...view, status: execution.status ?? view.status, now: clock.now() };
      show(view);
      if (ended) return execution;
    }
    await clock.sleep(intervalMs, interrupted);
  }
  return undefined;
}

async function describe(
  stepFunctions: StepFunctions,
  executionArn: string,
  maybeNew: boolean,
): Promise<DescribeExecutionOutput | undefined> {
  try {
    return await stepFunctions.describeExecution({ executionArn });
  } catch (error) {
    if (maybeNew && error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}

async function look(
  stepFunctions: StepFunctions,
  view: ExecutionView,
  executionArn: string,
  clock: Clock,
): Promise<ExecutionView> {
  const { events = [] } = await stepFunctions.getExecutionHistory({
    executionArn,
    reverseOrder: true,
    maxResults: 20,
    includeExecutionData: false,
  });
  const stateName = lastStateEntered(events) ?? view.stateName;
  const started = events.findIndex((event) => event.mapRunStartedEventDetails?.mapRunArn !== undefined);
  const mapRunArn = events[started]?.mapRunStartedEventDetails?.mapRunArn ?? view.mapRun?.mapRunArn;
  if (mapRunArn === undefined) return { ...view, stateName };

  const known = view.mapRun?.mapRunArn === mapRunArn ? view.mapRun : undefined;
  if (known !== undefined && known.observed.answer.status !== 'RUNNING') return { ...view, stateName };
  const answer: DescribeMapRunOutput = await stepFunctions.describeMapRun({ mapRunArn });
  const mapRun = {
    mapRunArn,
    stateName: known?.stateName ?? lastStateEntered(events.slice(started)) ?? stateName ?? mapRunLabel(mapRunArn),
    observed: observe(known?.observed, answer, clock.now()),
  };
  return { ...view, stateName, mapRun };
}

/** Of events with the newest first. */
export function lastStateEntered(events: readonly HistoryEvent[] | undefined): string | undefined {
  return events?.find((event) => event.stateEnteredEventDetails?.name !== undefined)?.stateEnteredEventDetails?.name;
}

/** `…:mapRun:STATE_MACHINE/LABEL:ID` */
export function mapRunLabel(mapRunArn: string): string {
  return /\/([^/:]+):[^:]+$/.exec(mapRunArn)?.[1] ?? mapRunArn;
}
