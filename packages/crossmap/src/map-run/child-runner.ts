import type { ExecutionRecord } from '../engine/ports.ts';

/** One child to run. Its name follows from the Map Run and the index, so that it is the same whenever it is asked for. */
export interface Child {
  readonly index: number;
  readonly input: string;
  readonly itemCount: number;
  /** The row of a child that an earlier process started and left running. */
  readonly left?: ExecutionRecord;
}

export type ChildStatus = Exclude<ExecutionRecord['status'], 'RUNNING'>;

/** Runs children of one Map Run. The dispatcher knows nothing else about what a child is. */
export interface ChildRunner {
  /** Resolves once the end of the child is durable; rejects only for a fault. */
  run(child: Child): Promise<ChildStatus>;
  /** Ends the child as ABORTED if it is running and can be stopped; else `run` goes on to its own end. */
  abort(child: Child): Promise<void>;
}
