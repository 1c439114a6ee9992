import type { Failure } from '../asl/failure.ts';
import type { ExecutionRecord } from '../engine/ports.ts';

/** How many there are in each status. `total` is the sum of the statuses at every instant. */
export interface Counts {
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
  readonly total: number;
  readonly resultsWritten: number;
}

/** A Map Run as DescribeMapRun shows it; dates are epoch ms. */
export type MapRunRecord = {
  readonly mapRunArn: string;
  readonly executionArn: string;
  /** Labelled: `…:stateMachine:NAME/LABEL`. */
  readonly stateMachineArn: string;
  readonly startDate: number;
  /** 0 means no limit was declared. */
  readonly maxConcurrency: number;
  readonly toleratedFailurePercentage: number;
  readonly toleratedFailureCount: number;
  readonly itemCounts: Counts;
  readonly executionCounts: Counts;
  /** Once every child is in the spool: what there is, and that the source is read no more. Never shown. */
  readonly spooled?: { readonly children: number; readonly items: number };
} & (
  | { readonly status: 'RUNNING' }
  | { readonly status: 'SUCCEEDED' | 'ABORTED'; readonly stopDate: number }
  | { readonly status: 'FAILED'; readonly stopDate: number; readonly failure: Failure }
);

/** A child workflow execution that has not started: its input as JSON text, and how many items that input holds. */
export interface PendingChild {
  readonly input: string;
  readonly itemCount: number;
}

/** The children of a Map Run that have a row. */
export interface StartedChildren {
  readonly totals: readonly {
    readonly status: ExecutionRecord['status'];
    readonly children: number;
    readonly items: number;
  }[];
  /** The numbers below `next` that have none, in order: few, only after a process has ended. */
  readonly gaps: readonly number[];
  /** The number after the last. */
  readonly next: number;
}

/**
 * What is kept of Map Runs, under the rules of `ExecutionStore`: durable when resolved.
 * Children are numbered from 0 in item order.
 */
export interface MapRunStore {
  recordMapRun(run: MapRunRecord): Promise<void>;
  mapRun(mapRunArn: string): Promise<MapRunRecord | undefined>;
  /** The Map Runs of an execution, oldest first. */
  mapRuns(executionArn: string): Promise<readonly MapRunRecord[]>;
  /** Every Map Run that is RUNNING, in no order. */
  runningMapRuns(): Promise<readonly MapRunRecord[]>;
  /** Adds to the spool of the run's child inputs, in item order. */
  spoolChildren(mapRunArn: string, children: readonly PendingChild[]): Promise<void>;
  /** Empties the spool of a run. */
  clearSpool(mapRunArn: string): Promise<void>;
  startedChildren(mapRunArn: string): Promise<StartedChildren>;
  /** The spooled children from number `from`, in order, a bounded number at a time. */
  spooledChildren(mapRunArn: string, from: number): AsyncIterable<readonly PendingChild[]>;
  /** The started children with one of the statuses, in item order, a bounded number at a time. */
  children(
    mapRunArn: string,
    statuses: readonly ExecutionRecord['status'][],
  ): AsyncIterable<readonly ExecutionRecord[]>;
}
