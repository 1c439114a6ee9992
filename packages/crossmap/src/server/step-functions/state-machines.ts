import type { Accounts } from '../../accounts/accounts.ts';
import { invalidDefinition } from '../../asl/diagnostics.ts';
import { compileMachine, type Machine } from '../../asl/machine.ts';
import { validateDefinition } from '../../asl/validate.ts';
import type { Clock, ExecutionStore, StateMachineRecord } from '../../engine/ports.ts';
import { ApiError } from './errors.ts';

/** What Step Functions refuses in names. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const NAME_REFUSES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/;

export function checkName(name: string): void {
  if (name.length === 0 || name.length > 80 || NAME_REFUSES.test(name)) {
    throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
  }
}

export interface StateMachineDefinition {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
}

/** The state machines: validated when created, compiled once. */
export class StateMachines {
  readonly #store: ExecutionStore;
  readonly #accounts: Accounts;
  readonly #clock: Clock;
  readonly #compiled = new Map<string, Machine>();

  constructor({ store, accounts, clock }: { store: ExecutionStore; accounts: Accounts; clock: Clock }) {
    this.#store = store;
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /** Creating again what is there as it is gives what is there; another role does not change it, as on AWS. */
  async create({ accountId, region, name, definition, roleArn }: StateMachineDefinition): Promise<StateMachineRecord> {
    checkName(name);
    const validated = validateDefinition(definition);
    if (!validated.ok) throw new ApiError('InvalidDefinition', invalidDefinition(validated.diagnostics));
    const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
    const known = await this.#store.stateMachine(stateMachineArn);
    if (known !== undefined) {
      if (known.definition === definition) return known;
      throw new ApiError('StateMachineAlreadyExists', `State Machine Already Exists: '${stateMachineArn}'`);
    }
    this.checkRole(roleArn, stateMachineArn);
    const record: StateMachineRecord = {
      stateMachineArn,
      name,
      definition,
      roleArn,
      type: 'STANDARD',
      creationDate: this.#clock.now(),
    };
    this.#compiled.set(stateMachineArn, compileMachine(validated.definition));
    await this.#store.recordStateMachine(record);
    return record;
  }

  /** Refuses a role that a state machine of that ARN cannot assume. */
  checkRole(roleArn: string, stateMachineArn: string): void {
    const sessionName = stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1);
    const assumed = this.#accounts.assumeServiceRole(roleArn, 'states.amazonaws.com', sessionName, stateMachineArn);
    if (assumed.kind === 'refused') throw new ApiError('AccessDeniedException', assumed.message);
  }

  async get(stateMachineArn: string): Promise<StateMachineRecord> {
    const record = await this.#store.stateMachine(stateMachineArn);
    if (record !== undefined) return record;
    throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
  }

  compiled({ stateMachineArn, definition }: StateMachineRecord): Machine {
    const known = this.#compiled.get(stateMachineArn);
    if (known !== undefined) return known;
    const validated = validateDefinition(definition);
    if (!validated.ok)
      throw new Error(`Expected a stored definition to be valid: ${invalidDefinition(validated.diagnostics)}`);
    const machine = compileMachine(validated.definition);
    this.#compiled.set(stateMachineArn, machine);
    return machine;
  }
}
