import type { JsonObject } from '../../../asl/json.ts';
import type { ExecutionEnd } from '../../../engine/ports.ts';
import type { Operation } from '../operation.ts';
import { namedStateMachine, startRequest, wantedExecution } from '../start-request.ts';
import { typeNotSupported } from '../state-machines.ts';

/** Durations are billed by 100 ms, memory by 64 MB; how much an execution used is not measured here. */
const BILLED_MILLISECONDS = 100;
const BILLED_MEGABYTES = 64;

/**
 * Answers when the execution has ended, with 200 also when it has failed.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
 */
export const startSyncExecution: Operation = {
  resource: (parameters) => namedStateMachine(parameters).arn,
  async handle(parameters, service) {
    parameters.refuseOthers(['stateMachineArn', 'name', 'input', 'traceHeader', 'includedData']);
    const included = parameters.includesData();
    const traceHeader = parameters.optionalString('traceHeader');
    const wanted = await wantedExecution(parameters, service);
    if (wanted.record.type !== 'EXPRESS') throw typeNotSupported();
    const request = startRequest(wanted, service, 'synchronous');
    const { header, inputText } = request;
    const end = await service.executions.start(request).ended;
    const took = end.stopDate - header.startDate;
    const billed = Math.max(1, Math.ceil(took / BILLED_MILLISECONDS)) * BILLED_MILLISECONDS;
    return {
      executionArn: header.executionArn,
      stateMachineArn: header.stateMachineArn,
      name: header.name,
      startDate: header.startDate / 1000,
      stopDate: end.stopDate / 1000,
      status: end.status,
      ...(included && { input: inputText, ...resultMembers(end) }),
      inputDetails: { included },
      outputDetails: { included },
      ...(traceHeader !== undefined && { traceHeader }),
      billingDetails: { billedMemoryUsedInMB: BILLED_MEGABYTES, billedDurationInMilliseconds: billed },
    };
  },
};

function resultMembers(end: ExecutionEnd): JsonObject {
  if (end.status === 'RUNNING') return {};
  if (end.status === 'SUCCEEDED') return { output: end.output };
  const { error, cause } = end;
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}
