import type { Operation } from './operation.ts';
import { createStateMachine } from './operations/create-state-machine.ts';
import { describeExecution } from './operations/describe-execution.ts';
import { describeMapRun } from './operations/describe-map-run.ts';
import { describeStateMachine } from './operations/describe-state-machine.ts';
import { describeStateMachineForExecution } from './operations/describe-state-machine-for-execution.ts';
import { getExecutionHistory } from './operations/get-execution-history.ts';
import { listExecutions } from './operations/list-executions.ts';
import { listMapRuns } from './operations/list-map-runs.ts';
import { listStateMachines } from './operations/list-state-machines.ts';
import { startExecution } from './operations/start-execution.ts';
import { validateStateMachineDefinition } from './operations/validate-state-machine-definition.ts';

/** The operations of the Step Functions API that are here, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['CreateStateMachine', createStateMachine],
  ['DescribeExecution', describeExecution],
  ['DescribeMapRun', describeMapRun],
  ['DescribeStateMachine', describeStateMachine],
  ['DescribeStateMachineForExecution', describeStateMachineForExecution],
  ['GetExecutionHistory', getExecutionHistory],
  ['ListExecutions', listExecutions],
  ['ListMapRuns', listMapRuns],
  ['ListStateMachines', listStateMachines],
  ['StartExecution', startExecution],
  ['ValidateStateMachineDefinition', validateStateMachineDefinition],
]);
