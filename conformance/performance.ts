import { setTimeout as sleep } from 'node:timers/promises';
import type { Await, Call, Case, Operation, Poll } from './case.ts';
import { type Ask, CONDITIONS } from './condition.ts';
import { type Answer, callJson } from './endpoint.ts';
import { operationsOf } from './flows.ts';
import { isList, isObject, type Json, type JsonObject, pythonText } from './json.ts';
import { References, type ResolvedTree, UnresolvedReference } from './references.ts';
import { S3 } from './s3.ts';
import { ACCOUNT, type Stage } from './stage.ts';

/** What is to be compared with `expected[key]`. */
export interface Recorded {
  readonly key: string;
  readonly answer: ResolvedTree;
}

/** What came out of the calls of one case. */
export interface Performance {
  readonly recorded: readonly Recorded[];
  readonly references: References;
  /** Why the calls could not go on to the end. */
  readonly broken?: string;
}

/** A call or a wait that went otherwise than the case can go on with. */
class Broken extends Error {}

/** How long an execution at an endpoint with real time may take, in ms. */
const PATIENCE = 90_000;
/** Between two tries where time is real, in ms. */
const TRY_INTERVAL = 100;
/** How many tries in a row may find nothing due before nothing is expected to happen any more. */
const IDLE_TRIES = 50;

/** Members that hold JSON text: an object given for them stands for its text. */
const TEXT_MEMBERS = new Set(['definition', 'input', 'output', 'context', 'variables', 'EventPattern']);

/** Makes the calls of a case. Rejects only for a bug of this runner, or an endpoint that does not answer. */
export async function perform(each: Case, stage: Stage): Promise<Performance> {
  const performer = new Performer(each, stage);
  try {
    await performer.all(operationsOf(each));
    return performer.performance;
  } catch (thrown) {
    if (!(thrown instanceof Broken || thrown instanceof UnresolvedReference)) throw thrown;
    return { ...performer.performance, broken: thrown.message };
  } finally {
    performer.close();
  }
}

class Performer {
  readonly #case: Case;
  readonly #stage: Stage;
  readonly #references: References;
  readonly #recorded: Recorded[] = [];
  readonly #s3 = new Map<string, S3>();
  /** Calls that only the recording SDK refused, for what is not compared. */
  readonly #leftOut: ReadonlySet<string>;
  #timeStands = false;

  constructor(each: Case, stage: Stage) {
    this.#case = each;
    this.#stage = stage;
    this.#references = new References(each, (stage.clock ?? Date).now());
    this.#leftOut = callsLeftOut(each);
  }

  get performance(): Performance {
    return { recorded: this.#recorded, references: this.#references };
  }

  close(): void {
    for (const client of this.#s3.values()) client.close();
  }

  async all(operations: readonly Operation[]): Promise<void> {
    const beside: Promise<void>[] = [];
    for (const [index, operation] of operations.entries()) {
      if ('concurrently' in operation) {
        const running = this.#concurrently(operation.concurrently);
        running.catch(() => {});
        beside.push(running);
      } else if ('poll' in operation) await this.#poll(operation, operations.slice(index + 1));
      else await this.#one(operation);
    }
    await Promise.all(beside);
  }

  async #concurrently(operations: readonly Operation[]): Promise<void> {
    await new Promise(setImmediate);
    await this.all(operations);
  }

  async #one(operation: Exclude<Operation, Poll | { concurrently: unknown }>): Promise<void> {
    if ('action' in operation) await this.#call(operation);
    else if ('await' in operation) await this.#await(operation);
    else if ('match' in operation) this.#match(operation.match, operation.value);
    else if ('sleep' in operation) await this.#sleep(operation.sleep);
    else if ('wait' in operation) throw new Broken(`The wait ${operation.wait} is not supported by this runner`);
  }

  #match(key: string, value: Json): void {
    if (this.#case.clientSide?.includes(key)) return;
    this.#recorded.push({ key, answer: this.#references.resolveToCompare(value) });
  }

  async #call(call: Call): Promise<void> {
    if (call.id !== undefined && this.#leftOut.has(call.id)) return;
    const answer = await this.#whileTimePasses(this.#answers(call));
    if ((answer.kind === 'error') !== (call.expectError === true)) throw new Broken(surprise(call, answer));
    const shown = answer.kind === 'error' ? answer.error : answer.response;
    if (call.id !== undefined) this.#references.keep(call.id, answer.kind === 'error' ? { error: shown } : shown);
    if (call.record !== undefined) this.#recorded.push({ key: call.record, answer: shown });
  }

  /** One answer, or that of all pages with their lists joined. */
  async #answers(call: Call): Promise<Answer> {
    const { service, action, paginate, account = ACCOUNT } = call;
    const params = textMembers(this.#references.resolve(call.params) as JsonObject);
    let answer = await this.#send({ service, action, account, params });
    while (paginate === true && answer.kind === 'response' && typeof answer.response.nextToken === 'string') {
      const { nextToken, ...before } = answer.response;
      const next = await this.#send({ service, action, account, params: { ...params, nextToken } });
      answer = next.kind === 'error' ? next : { kind: 'response', response: joined(before, next.response) };
    }
    return answer;
  }

  async #send(call: { service: string; action: string; account: string; params: JsonObject }): Promise<Answer> {
    const { endpoint } = this.#stage;
    if (call.service !== 's3') {
      const answer = await callJson(endpoint, call);
      if (answer.kind === 'response') this.#stage.onResponse?.(call.action, answer.response, call.account);
      return answer;
    }
    const client = this.#s3.get(call.account) ?? new S3(endpoint, call.account);
    this.#s3.set(call.account, client);
    return client.call(call.action, call.params);
  }

  /** Where time is virtual it passes while a call stays unanswered, as StartSyncExecution does. */
  async #whileTimePasses<T>(work: Promise<T>): Promise<T> {
    const { clock } = this.#stage;
    if (clock === undefined) return work;
    let settled = false;
    const end = work.finally(() => {
      settled = true;
    });
    end.catch(() => {});
    for (let quiet = 0; !settled; quiet += 1) {
      await Promise.race([end, clock.quiet()]);
      if (!settled && quiet >= 4 && !this.#timeStands) await clock.pass();
    }
    return end;
  }

  async #sleep(seconds: number): Promise<void> {
    const { clock } = this.#stage;
    if (clock === undefined) return void (await sleep(seconds * 1_000));
    let over = false;
    clock.at(clock.now() + seconds * 1_000, () => {
      over = true;
    });
    while (!over) await clock.pass();
  }

  /** Repeats the calls until `until` holds, or, without it, until what follows has what it refers to. */
  async #poll({ poll, until }: Poll, following: readonly Operation[]): Promise<void> {
    const ids = poll.flatMap((operation) =>
      'action' in operation && operation.id !== undefined ? [operation.id] : [],
    );
    const needed = expressionsIn(following).filter((text) => ids.some((id) => text.startsWith(`\${${id}.`)));
    const holds = async () => {
      await this.all(poll);
      if (until === undefined) return needed.every((text) => this.#references.resolves(text));
      return this.#references.resolves({ $ref: until.ref }) && this.#references.value(until.ref) === until.equals;
    };
    const stands = this.#timeStands;
    this.#timeStands = until !== undefined;
    try {
      await this.#repeat(holds, until === undefined ? 'poll' : `${until.ref} to be ${JSON.stringify(until.equals)}`);
    } finally {
      this.#timeStands = stands;
    }
  }

  async #await({ id, await: what, params: unresolved }: Await): Promise<void> {
    const params = this.#references.resolve(unresolved) as Readonly<Record<string, string>>;
    const condition = CONDITIONS[what];
    if (condition === undefined) throw new Broken(`The wait for ${what} is not supported by this runner`);
    const ask: Ask = async (service, action, parameters) => {
      const account = accountOf(params) ?? ACCOUNT;
      const answer = await this.#send({ service, action, account, params: parameters });
      if (answer.kind === 'error') throw new Broken(surprise({ id: what, service, action, params: {} }, answer));
      return answer.response;
    };
    const stands = this.#timeStands;
    this.#timeStands = condition.timeStands === true;
    let result: Json | undefined;
    try {
      await this.#repeat(async () => {
        result = await condition.holds(ask, params);
        return result !== undefined;
      }, what);
    } finally {
      this.#timeStands = stands;
    }
    if (id !== undefined) this.#references.keep(id, result ?? null);
  }

  /** Where time is virtual it passes between two tries; when nothing is due any more, nothing will change. */
  async #repeat(holds: () => Promise<boolean>, what: string): Promise<void> {
    const { clock } = this.#stage;
    const deadline = Date.now() + PATIENCE;
    for (let idle = 0; !(await holds()); idle += 1) {
      if (clock === undefined) {
        idle = 0;
        await sleep(TRY_INTERVAL);
      } else if (this.#timeStands) await clock.quiet();
      else if (await clock.pass()) idle = 0;
      if (idle > IDLE_TRIES || Date.now() > deadline) throw new Broken(`Waited in vain for ${what}`);
    }
  }
}

function surprise({ id, action }: Call, answer: Answer): string {
  const where = id === undefined ? action : `${id} ${action}`;
  if (answer.kind === 'response') return `${where}: an error was expected`;
  const { Error: error } = answer.error;
  return isObject(error) ? `${where}: ${String(error.Code)}: ${String(error.Message)}` : where;
}

function textMembers(params: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      TEXT_MEMBERS.has(name) && typeof value === 'object' && value !== null ? pythonText(value) : value,
    ]),
  );
}

function joined(before: JsonObject, after: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries({ ...before, ...after }).map(([name, value]) => {
      const earlier = before[name];
      return [name, isList(earlier) && isList(value) ? [...earlier, ...value] : value];
    }),
  );
}

/** The calls whose answers are only compared under the `clientSide` keys. */
function callsLeftOut({ clientSide = [], operations = [] }: Case): ReadonlySet<string> {
  const idsIn = (kept: boolean) =>
    operations.flatMap((operation) => {
      const key = 'match' in operation ? operation.match : 'record' in operation ? operation.record : undefined;
      if ((key !== undefined && clientSide.includes(key)) === kept) return [];
      if ('match' in operation) return [...JSON.stringify(operation).matchAll(/\bop\d+\b/g)].map(([id]) => id);
      return 'action' in operation && operation.id !== undefined && operation.record !== undefined
        ? [operation.id]
        : [];
    });
  const compared = new Set(idsIn(true));
  return new Set(idsIn(false).filter((id) => !compared.has(id)));
}

function expressionsIn(operations: readonly Operation[]): readonly string[] {
  const text = JSON.stringify(operations);
  const inTexts = [...text.matchAll(/\$\{[^}]*\}/g)].map(([expression]) => expression);
  const inRefs = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, expression]) => `\${${expression}}`);
  return [...inTexts, ...inRefs];
}

/** The account of the ARN that is waited for. */
function accountOf(params: Readonly<Record<string, string>>): string | undefined {
  const arn = Object.values(params).find((value) => typeof value === 'string' && value.startsWith('arn:'));
  return arn?.split(':')[4];
}
