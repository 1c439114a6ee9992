import { uuidOfName } from './random.ts';

/** The label of a Distributed Map: its own, or a UUID that is the same for every run of the state. */
export function mapLabel(label: string | undefined, stateMachineArn: string, stateName: string): string {
  return label ?? uuidOfName(`${stateMachineArn}/${stateName}`);
}
