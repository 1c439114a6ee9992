import { uuidOfName } from './random.ts';

/** `…:stateMachine:NAME`, also of `…:stateMachine:NAME/LABEL`, which the children of a Distributed Map run. */
export function withoutLabel(stateMachineArn: string): string {
  const slash = stateMachineArn.indexOf('/');
  return slash < 0 ? stateMachineArn : stateMachineArn.slice(0, slash);
}

/**
 * The label of a Distributed Map: its own, or a UUID that is the same for every run of the state, at whatever depth of
 * the state machine it is.
 */
export function mapLabel(label: string | undefined, stateMachineArn: string, stateName: string): string {
  return label ?? uuidOfName(`${withoutLabel(stateMachineArn)}/${stateName}`);
}
