/** One line of a function's log, as CloudWatch Logs would hold it. */
export interface LogEvent {
  readonly functionArn: string;
  /** Absent on what an environment says before its first invocation. */
  readonly requestId?: string;
  /** Epoch ms. */
  readonly timestamp: number;
  /** May hold line breaks: one call of `console.log` is one event. */
  readonly message: string;
}

const EVENTS_KEPT = 1_000;
const MESSAGE_LIMIT_CHARACTERS = 64 * 1024;

/** The last 1,000 events of one function, oldest first. A message is cut, and says so, after 65,536 characters. */
export class FunctionLog {
  readonly #events: LogEvent[] = [];

  add(event: LogEvent): LogEvent {
    const kept = { ...event, message: cut(event.message) };
    this.#events.push(kept);
    if (this.#events.length > EVENTS_KEPT) this.#events.shift();
    return kept;
  }

  events(): readonly LogEvent[] {
    return [...this.#events];
  }
}

/** Cuts text written piece by piece into lines. What is not yet ended by a line break waits for `flush`. */
export class LineSplitter {
  #rest = '';
  readonly #line: (line: string) => void;

  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  write(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
    if (this.#rest.length > MESSAGE_LIMIT_CHARACTERS) this.flush();
  }

  flush(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }
}

/** How one invocation went, for its REPORT line. */
export interface InvocationReport {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memorySizeMb: number;
  /** Undefined where the environment did not live to tell. */
  readonly memoryUsedMb: number | undefined;
  /** Only of the first invocation of an environment. */
  readonly initMs: number | undefined;
  /** Undefined where the runtime itself gave the result. */
  readonly status: string | undefined;
}

export function reportLine(report: InvocationReport): string {
  const parts = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${report.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(report.durationMs)} ms`,
    `Memory Size: ${report.memorySizeMb} MB`,
  ];
  if (report.memoryUsedMb !== undefined) parts.push(`Max Memory Used: ${report.memoryUsedMb} MB`);
  if (report.initMs !== undefined) parts.push(`Init Duration: ${report.initMs.toFixed(2)} ms`);
  if (report.status !== undefined) parts.push(`Status: ${report.status}`);
  return parts.join('\t');
}

function cut(message: string): string {
  const beyond = message.length - MESSAGE_LIMIT_CHARACTERS;
  return beyond > 0 ? `${message.slice(0, MESSAGE_LIMIT_CHARACTERS)}… (${beyond} more characters)` : message;
}
