import type { HistoryEvent } from '../../src/engine/history.ts';
import type {
  ActivityRecord,
  ExecutionQuery,
  ExecutionRecord,
  ExecutionStore,
  Page,
  StateMachineRecord,
} from '../../src/engine/ports.ts';

/** Executions in memory, for tests of the engine alone. Only what the engine calls is there. */
export class MemoryExecutions implements ExecutionStore {
  records = new Map<string, ExecutionRecord>();
  histories = new Map<string, readonly HistoryEvent[]>();
  /** Thrown by the next write. */
  broken: Error | undefined;

  async recordExecution(execution: ExecutionRecord, events: readonly HistoryEvent[]): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    const kept = this.histories.get(execution.executionArn) ?? [];
    if (events[0]?.id !== kept.length + 1) throw new Error(`Event ${events[0]?.id} follows event ${kept.length}`);
    this.records.set(execution.executionArn, execution);
    this.histories.set(execution.executionArn, [...kept, ...events]);
  }

  async execution(executionArn: string): Promise<ExecutionRecord | undefined> {
    return this.records.get(executionArn);
  }

  async history(executionArn: string): Promise<readonly HistoryEvent[] | undefined> {
    return this.histories.get(executionArn);
  }

  executions(_query: ExecutionQuery): Promise<Page<ExecutionRecord>> {
    return notCalled();
  }

  recordStateMachine(_machine: StateMachineRecord): Promise<void> {
    return notCalled();
  }

  stateMachine(_stateMachineArn: string): Promise<StateMachineRecord | undefined> {
    return notCalled();
  }

  stateMachineRevision(): Promise<StateMachineRecord | undefined> {
    return notCalled();
  }

  stateMachines(_arnPrefix: string, _limit: number, _after?: string): Promise<Page<StateMachineRecord>> {
    return notCalled();
  }

  recordActivity(_activity: ActivityRecord): Promise<void> {
    return notCalled();
  }

  deleteActivity(_activityArn: string): Promise<void> {
    return notCalled();
  }

  activities(_arnPrefix: string, _limit: number, _after?: string): Promise<Page<ActivityRecord>> {
    return notCalled();
  }
}

function notCalled(): never {
  throw new Error('The engine does not call this');
}
