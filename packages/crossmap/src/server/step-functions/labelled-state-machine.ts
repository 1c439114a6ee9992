import { isJsonObject, type Json, type JsonObject } from '../../asl/json.ts';
import { mapLabel } from '../../engine/map-label.ts';
import type { StateMachineRecord } from '../../engine/ports.ts';
import { stateMachineDoesNotExist } from './state-machines.ts';

/** The parts of `…:stateMachine:NAME/LABEL`, which names what the children of a Distributed Map run. */
export function labelledArn(arn: string): { readonly stateMachineArn: string; readonly label: string | undefined } {
  const slash = arn.indexOf('/');
  if (slash < 0) return { stateMachineArn: arn, label: undefined };
  return { stateMachineArn: arn.slice(0, slash), label: arn.slice(slash + 1) };
}

/** The state machine that the children of the Distributed Map of that label run: its ItemProcessor (observed). */
export function labelledStateMachine(record: StateMachineRecord, label: string): StateMachineRecord {
  const { stateMachineArn } = record;
  const processor = processorOf(JSON.parse(record.definition) as Json, label, stateMachineArn);
  if (processor === undefined) throw stateMachineDoesNotExist(`${stateMachineArn}/${label}`);
  const { ProcessorConfig, ...definition } = processor;
  const express = isJsonObject(ProcessorConfig) && ProcessorConfig.ExecutionType === 'EXPRESS';
  return {
    ...record,
    stateMachineArn: `${stateMachineArn}/${label}`,
    definition: JSON.stringify(definition),
    type: express ? 'EXPRESS' : 'STANDARD',
  };
}

/** The processor of the Distributed Map of that label, at any depth of a machine. */
function processorOf(machine: Json | undefined, label: string, stateMachineArn: string): JsonObject | undefined {
  if (!isJsonObject(machine) || !isJsonObject(machine.States)) return undefined;
  for (const [name, state] of Object.entries(machine.States)) {
    if (!isJsonObject(state)) continue;
    const processor = state.ItemProcessor ?? state.Iterator;
    const config = isJsonObject(processor) ? processor.ProcessorConfig : undefined;
    if (isJsonObject(processor) && isJsonObject(config) && config.Mode === 'DISTRIBUTED') {
      const given = typeof state.Label === 'string' ? state.Label : undefined;
      if (mapLabel(given, stateMachineArn, name) === label) return processor;
    }
    const branches: readonly Json[] = Array.isArray(state.Branches) ? state.Branches : [];
    for (const inner of [processor, ...branches]) {
      const found = processorOf(inner, label, stateMachineArn);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
