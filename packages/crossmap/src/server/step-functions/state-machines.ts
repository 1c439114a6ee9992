import type { Accounts } from '../../accounts/accounts.ts';
import type { LogGroups } from '../../accounts/log-groups.ts';
import { invalidDefinition } from '../../asl/diagnostics.ts';
import { compileMachine, type Machine } from '../../asl/machine.ts';
import { validateDefinition } from '../../asl/validate.ts';
import type {
  Clock,
  ExecutionStore,
  Ids,
  LoggingConfiguration,
  Permissions,
  StateMachineRecord,
} from '../../engine/ports.ts';
import { ApiError } from './errors.ts';
import { checkLogging, NOTHING_LOGGED, sameLogging } from './logging-configuration.ts';
import type { TaskChecks } from './task-checks.ts';

/** What Step Functions refuses in names. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const NAME_REFUSES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/;

export function checkName(name: string): void {
  if (name.length === 0 || name.length > 80 || NAME_REFUSES.test(name)) {
    throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
  }
}

/** What an operation answers that state machines of the other type have. */
export function typeNotSupported(): ApiError {
  const message = 'This operation is not supported by this type of state machine';
  return new ApiError('StateMachineTypeNotSupported', message);
}

export function stateMachineDoesNotExist(stateMachineArn: string): ApiError {
  return new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
}

export interface StateMachineDefinition {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  /** @default STANDARD */
  readonly type?: StateMachineRecord['type'];
  /** @default - nothing is logged */
  readonly loggingConfiguration?: LoggingConfiguration;
}

export interface StateMachineChange {
  readonly definition?: string;
  readonly roleArn?: string;
  readonly loggingConfiguration?: LoggingConfiguration;
}

export interface StateMachinesPorts {
  readonly store: ExecutionStore;
  readonly accounts: Accounts;
  readonly permissions: Permissions;
  readonly logGroups: LogGroups;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The services at configured endpoints, as resources name them. */
  readonly routed: ReadonlySet<string>;
  readonly taskChecks: TaskChecks;
}

/** The state machines: validated when created, compiled once for each definition. */
export class StateMachines {
  readonly #ports: StateMachinesPorts;
  readonly #compiled = new Map<string, { readonly definition: string; readonly machine: Machine }>();

  constructor(ports: StateMachinesPorts) {
    this.#ports = ports;
  }

  /** Creating again what is there as it is gives what is there; another role does not change it, as on AWS. */
  async create(wanted: StateMachineDefinition): Promise<StateMachineRecord> {
    const { accountId, region, name, definition, roleArn } = wanted;
    const { type = 'STANDARD', loggingConfiguration = NOTHING_LOGGED } = wanted;
    checkName(name);
    const machine = this.#compile(definition, type);
    const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
    const known = await this.#ports.store.stateMachine(stateMachineArn);
    if (known !== undefined) {
      const same = known.definition === definition && known.type === type;
      if (same && sameLogging(known.loggingConfiguration, loggingConfiguration)) return known;
      throw new ApiError('StateMachineAlreadyExists', `State Machine Already Exists: '${stateMachineArn}'`);
    }
    const creationDate = this.#ports.clock.now();
    const record = { stateMachineArn, name, definition, roleArn, type, creationDate, loggingConfiguration };
    this.checkRole(roleArn, stateMachineArn);
    await this.#ports.taskChecks.check(record);
    checkLogging(loggingConfiguration, { roleArn, region, sessionName: name }, this.#ports);
    this.#compiled.set(stateMachineArn, { definition, machine });
    await this.#ports.store.recordStateMachine(record);
    return record;
  }

  /** Creates the state machine, or updates what is there of that name to what is wanted, as CloudFormation does. */
  async deploy(wanted: StateMachineDefinition): Promise<StateMachineRecord> {
    const { accountId, region, name, definition, roleArn, loggingConfiguration = NOTHING_LOGGED } = wanted;
    const known = await this.#ports.store.stateMachine(`arn:aws:states:${region}:${accountId}:stateMachine:${name}`);
    if (known === undefined || known.type !== (wanted.type ?? 'STANDARD')) return this.create(wanted);
    const same = known.definition === definition && known.roleArn === roleArn;
    if (same && sameLogging(known.loggingConfiguration, loggingConfiguration)) return known;
    return this.update(known.stateMachineArn, { definition, roleArn, loggingConfiguration });
  }

  /** Running executions go on as they began. What changes nothing leaves the revision as it is. */
  async update(stateMachineArn: string, change: StateMachineChange): Promise<StateMachineRecord> {
    const known = await this.get(stateMachineArn);
    const changed: StateMachineRecord = { ...known, ...change };
    const { definition, roleArn, name, type, loggingConfiguration } = changed;
    const machine = this.#compile(definition, type);
    const [, , , region = ''] = stateMachineArn.split(':');
    this.checkRole(roleArn, stateMachineArn);
    await this.#ports.taskChecks.check(changed);
    checkLogging(loggingConfiguration, { roleArn, region, sessionName: name }, this.#ports);
    const same = definition === known.definition && roleArn === known.roleArn;
    const sameLogs = sameLogging(loggingConfiguration, known.loggingConfiguration);
    const revisionId = known.revisionId !== undefined && same && sameLogs ? known.revisionId : this.#ports.ids.uuid();
    const record = { ...changed, revisionId };
    this.#compiled.set(stateMachineArn, { definition, machine });
    await this.#ports.store.recordStateMachine(record);
    return record;
  }

  /** Refuses a role that a state machine of that ARN cannot assume. */
  checkRole(roleArn: string, stateMachineArn: string): void {
    const sessionName = stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1);
    const assumed = this.#ports.accounts.assumeServiceRole(
      roleArn,
      'states.amazonaws.com',
      sessionName,
      stateMachineArn,
    );
    if (assumed.kind === 'refused') throw new ApiError('AccessDeniedException', assumed.message);
  }

  /** Throws for what the children of a Distributed Map run too: it is no state machine by itself. The words are ours. */
  async get(stateMachineArn: string): Promise<StateMachineRecord> {
    if (stateMachineArn.includes('/')) {
      const message = `The operation does not support the ARN of a Distributed Map state: '${stateMachineArn}'`;
      throw new ApiError('ValidationException', message, { reason: 'API_DOES_NOT_SUPPORT_LABELED_ARNS' });
    }
    const record = await this.#ports.store.stateMachine(stateMachineArn);
    if (record !== undefined) return record;
    throw stateMachineDoesNotExist(stateMachineArn);
  }

  compiled({ stateMachineArn, definition, type }: StateMachineRecord): Machine {
    const known = this.#compiled.get(stateMachineArn);
    if (known?.definition === definition) return known.machine;
    const machine = this.#compile(definition, type);
    this.#compiled.set(stateMachineArn, { definition, machine });
    return machine;
  }

  /** Throws InvalidDefinition with all that is wrong with the definition of a state machine of that type. */
  #compile(definition: string, type: StateMachineRecord['type']): Machine {
    const validated = validateDefinition(definition, { type, routed: this.#ports.routed });
    if (validated.ok) return compileMachine(validated.definition);
    throw new ApiError('InvalidDefinition', invalidDefinition(validated.diagnostics));
  }
}
