import type { Failure } from '../asl/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../asl/json.ts';

/** What a mocked task gives instead of calling its service. */
export type MockedResponse =
  | { readonly kind: 'return'; readonly output: Json }
  | { readonly kind: 'throw'; readonly failure: Required<Pick<Failure, 'error'>> & Failure };

/** A mock configuration that cannot be used. The first line says so, each further one is one problem with its place. */
export class MockConfigError extends Error {
  override readonly name = 'MockConfigError';
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly response: MockedResponse;
}

/**
 * A mock configuration of Step Functions Local: test cases of state machines, which give states mocked responses.
 * https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
 */
export class MockConfig {
  readonly #machines: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly #responses: ReadonlyMap<string, readonly Range[]>;

  /** @throws MockConfigError with every problem. */
  constructor(config: unknown) {
    const reader = new Reader();
    const { StateMachines, MockedResponses } = reader.object(config as Json, '', ['StateMachines', 'MockedResponses']);
    const responses = reader.entries(MockedResponses, 'MockedResponses');
    this.#responses = new Map(responses.map(([name, value, at]) => [name, reader.response(value, at)]));
    this.#machines = Object.fromEntries(
      reader.entries(StateMachines, 'StateMachines').map(([name, machine, at]) => {
        const { TestCases } = reader.object(machine, at, ['TestCases']);
        const cases = reader.entries(TestCases, `${at}.TestCases`);
        return [
          name,
          Object.fromEntries(cases.map(([each, states, place]) => [each, this.#states(states, place, reader)])),
        ];
      }),
    );
    reader.throwIfAny();
  }

  #states(states: Json, at: string, reader: Reader): Readonly<Record<string, string>> {
    const named = reader.entries(states, at).flatMap(([state, name, place]): (readonly [string, string])[] => {
      if (typeof name === 'string' && this.#responses.has(name)) return [[state, name]];
      const known = [...this.#responses.keys()].join(', ') || 'none';
      reader.expected(place, `the name of one of the MockedResponses (${known})`, name);
      return [];
    });
    return Object.fromEntries(named);
  }

  /** The test cases of a state machine, by its name. */
  testCases(stateMachineName: string): readonly string[] {
    const cases = Object.hasOwn(this.#machines, stateMachineName) ? this.#machines[stateMachineName] : undefined;
    return Object.keys(cases ?? {});
  }

  /** The states that a test case mocks. */
  mockedStates(stateMachineName: string, testCase: string): readonly string[] {
    return Object.keys(this.#machines[stateMachineName]?.[testCase] ?? {});
  }

  /** The name of the mocked response that a test case has for a state; `undefined` for a state it does not mock. */
  mocked(stateMachineName: string, testCase: string, state: string): string | undefined {
    const states = this.#machines[stateMachineName]?.[testCase];
    return states !== undefined && Object.hasOwn(states, state) ? states[state] : undefined;
  }

  /** What the response of that name gives to invocation `index` of a state, counted from 0 with its retries. */
  response(name: string, index: number): MockedResponse {
    const ranges = this.#responses.get(name) ?? [];
    const found = ranges.find(({ first, last }) => first <= index && index <= last);
    if (found !== undefined) return found.response;
    const has = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
    const cause = `MockedResponses.${name} has no response for invocation ${index}, only for ${has || 'none'}`;
    return { kind: 'throw', failure: { error: 'States.Runtime', cause } };
  }
}

/** Reads the parts of a configuration and collects what is wrong with them. */
class Reader {
  readonly #problems: string[] = [];

  throwIfAny(): void {
    if (this.#problems.length === 0) return;
    throw new MockConfigError(['The mock configuration cannot be used', ...this.#problems].join('\n'));
  }

  expected(at: string, what: string, found: Json | undefined): void {
    const shown = found === undefined ? 'none' : `\`${JSON.stringify(found).slice(0, 100)}\``;
    this.#problems.push(`${at === '' ? 'the whole' : at}: expected ${what}, found ${shown}`);
  }

  /** An object with exactly these members. */
  object(value: Json, at: string, names: readonly string[]): JsonObject {
    const found = this.entries(value, at);
    for (const [name, , place] of found) {
      if (!names.includes(name)) this.expected(place, `only ${names.join(', ')} here`, name);
    }
    for (const name of names) {
      if (isJsonObject(value) && !Object.hasOwn(value, name)) this.expected(join(at, name), 'an object', undefined);
    }
    return isJsonObject(value) ? value : {};
  }

  /** The members of an object, each with its place. None for what is absent, which has been said. */
  entries(value: Json | undefined, at: string): readonly (readonly [name: string, value: Json, at: string])[] {
    if (isJsonObject(value)) return Object.entries(value).map(([name, each]) => [name, each, join(at, name)]);
    if (value !== undefined) this.expected(at, 'an object', value);
    return [];
  }

  /** `{"0": …, "1-2": …}`, by the invocations of a state. */
  response(value: Json, at: string): readonly Range[] {
    const ranges: Range[] = [];
    for (const [key, each, place] of this.entries(value, at)) {
      const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(key) ?? [];
      const range = { first: Number(first), last: Number(last), response: this.#answer(each, place) };
      if (first === '' || range.last < range.first) {
        this.expected(place, 'a number of an invocation, or two with a hyphen (`0`, `1-3`)', key);
      } else if (ranges.some((other) => other.first <= range.last && range.first <= other.last)) {
        this.expected(place, 'invocations that no other response has', key);
      } else ranges.push(range);
    }
    if (isJsonObject(value) && Object.keys(value).length === 0) this.expected(at, 'at least one response', value);
    return ranges;
  }

  #answer(value: Json, at: string): MockedResponse {
    const given = isJsonObject(value) ? Object.keys(value) : [];
    const { Return, Throw } = isJsonObject(value) ? value : {};
    if (given.length === 1 && Return !== undefined) return { kind: 'return', output: Return };
    if (given.length === 1 && Throw !== undefined)
      return { kind: 'throw', failure: this.#failure(Throw, `${at}.Throw`) };
    this.expected(at, 'an object with either Return or Throw', value);
    return { kind: 'return', output: null };
  }

  #failure(value: Json, at: string): { readonly error: string; readonly cause?: string } {
    const { Error: error, Cause: cause, ...others } = isJsonObject(value) ? value : {};
    const whole = typeof error === 'string' && (cause === undefined || typeof cause === 'string');
    if (whole && Object.keys(others).length === 0) return { error, ...(cause !== undefined && { cause }) };
    this.expected(at, 'an object with the texts Error and Cause', value);
    return { error: '' };
  }
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}
