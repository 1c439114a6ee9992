/** A record of a log group of CloudWatch Logs. */
export interface LogRecord {
  readonly logStreamName: string;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly message: string;
}

/** A record that a group holds; `id` counts up in the order they came. */
export interface KeptLogRecord extends LogRecord {
  readonly id: number;
}

export interface LogGroup {
  /** `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`, without the `:*` that some APIs want after it. */
  readonly logGroupArn: string;
  readonly logGroupName: string;
  /** Epoch ms. */
  readonly creationTime: number;
}

const RECORDS_KEPT = 10_000;
const CHARACTERS_KEPT = 16 * 1024 * 1024;

/** The log groups of all accounts, in memory. Each keeps its last 10,000 records, and no more than 16 Mi characters. */
export class LogGroups {
  readonly #groups = new Map<string, { readonly group: LogGroup; readonly records: KeptLogRecord[]; size: number }>();
  readonly #now: () => number;
  #lastId = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Gives false, and changes nothing, for a group that is there. */
  create(logGroupArn: string): boolean {
    if (this.#groups.has(logGroupArn)) return false;
    const logGroupName = logGroupArn.split(':').slice(6).join(':');
    this.#groups.set(logGroupArn, {
      group: { logGroupArn, logGroupName, creationTime: this.#now() },
      records: [],
      size: 0,
    });
    return true;
  }

  /** Gives false when there is no such group. */
  delete(logGroupArn: string): boolean {
    return this.#groups.delete(logGroupArn);
  }

  has(logGroupArn: string): boolean {
    return this.#groups.has(logGroupArn);
  }

  /** The groups whose ARN starts with `arnPrefix`, by name. */
  list(arnPrefix: string): readonly LogGroup[] {
    return [...this.#groups.values()]
      .map(({ group }) => group)
      .filter(({ logGroupArn }) => logGroupArn.startsWith(arnPrefix))
      .sort((a, b) => (a.logGroupName < b.logGroupName ? -1 : 1));
  }

  /** A record for a group that is not there is lost, as on AWS. */
  put(logGroupArn: string, record: LogRecord): void {
    const kept = this.#groups.get(logGroupArn);
    if (kept === undefined) return;
    this.#lastId += 1;
    kept.records.push({ ...record, id: this.#lastId });
    kept.size += record.message.length;
    while (kept.records.length > RECORDS_KEPT || (kept.size > CHARACTERS_KEPT && kept.records.length > 1)) {
      kept.size -= kept.records.shift()?.message.length ?? 0;
    }
  }

  /** Oldest first; `undefined` when there is no such group. */
  records(logGroupArn: string): readonly KeptLogRecord[] | undefined {
    return this.#groups.get(logGroupArn)?.records;
  }
}
