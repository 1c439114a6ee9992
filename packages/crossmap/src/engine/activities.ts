import type { Json } from '../asl/json.ts';
import type { ActivityRecord, Clock, ExecutionStore } from './ports.ts';

/** How long a worker waits for a task. https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html */
const POLL_SECONDS = 60;

/** A task that waits for a worker. */
export interface OfferedTask {
  readonly activityArn: string;
  readonly taskToken: string;
  readonly input: Json;
  /** Records that a worker took it up, durably; `false` when nobody waits for the task any more. */
  start(workerName: string | undefined): Promise<boolean>;
}

/** What an execution needs to know of activities, and does with them. */
export interface ActivityTasks {
  has(activityArn: string): boolean;
  /** Gives a way to take the offer back, when nobody waits for the task any more. */
  offer(task: OfferedTask): () => void;
}

type Store = Pick<ExecutionStore, 'recordActivity' | 'deleteActivity' | 'activities'>;
type Waiter = (task: OfferedTask) => void;

/** The activities, their tasks that no worker has yet, and their workers that have no task yet; first come, first served. */
export class Activities implements ActivityTasks {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #records = new Map<string, ActivityRecord>();
  readonly #tasks = new Map<string, Set<OfferedTask>>();
  readonly #workers = new Map<string, Set<Waiter>>();

  private constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** With the activities that the store keeps. */
  static async open({ store, clock }: { readonly store: Store; readonly clock: Clock }): Promise<Activities> {
    const activities = new Activities(store, clock);
    let after: string | undefined;
    do {
      const page = await store.activities('', 1000, after);
      for (const record of page.items) activities.#records.set(record.activityArn, record);
      after = page.next;
    } while (after !== undefined);
    return activities;
  }

  get(activityArn: string): ActivityRecord | undefined {
    return this.#records.get(activityArn);
  }

  has(activityArn: string): boolean {
    return this.#records.has(activityArn);
  }

  /** Gives the one that is there when there is one of that ARN. */
  async create({ activityArn, name }: Omit<ActivityRecord, 'creationDate'>): Promise<ActivityRecord> {
    const known = this.#records.get(activityArn);
    if (known !== undefined) return known;
    const record = { activityArn, name, creationDate: this.#clock.now() };
    await this.#store.recordActivity(record);
    this.#records.set(activityArn, record);
    return record;
  }

  async delete(activityArn: string): Promise<void> {
    if (!this.#records.has(activityArn)) return;
    await this.#store.deleteActivity(activityArn);
    this.#records.delete(activityArn);
  }

  offer(task: OfferedTask): () => void {
    const tasks = this.#tasks.get(task.activityArn) ?? new Set();
    this.#tasks.set(task.activityArn, tasks);
    const [worker] = this.#workers.get(task.activityArn) ?? [];
    if (worker === undefined) tasks.add(task);
    else worker(task);
    return () => tasks.delete(task);
  }

  /** The next task, which has then started; `undefined` when none came within a minute. */
  async poll(activityArn: string, workerName: string | undefined): Promise<OfferedTask | undefined> {
    const until = this.#clock.now() + POLL_SECONDS * 1000;
    for (;;) {
      const task = this.#taken(activityArn) ?? (await this.#offered(activityArn, until));
      if (task === undefined || (await task.start(workerName))) return task;
    }
  }

  #taken(activityArn: string): OfferedTask | undefined {
    const tasks = this.#tasks.get(activityArn);
    const [first] = tasks ?? [];
    if (first !== undefined) tasks?.delete(first);
    return first;
  }

  #offered(activityArn: string, until: number): Promise<OfferedTask | undefined> {
    const workers = this.#workers.get(activityArn) ?? new Set();
    this.#workers.set(activityArn, workers);
    return new Promise((resolve) => {
      const end = (task: OfferedTask | undefined) => {
        workers.delete(end);
        cancel();
        resolve(task);
      };
      workers.add(end);
      const cancel = this.#clock.at(until, () => end(undefined));
    });
  }
}
