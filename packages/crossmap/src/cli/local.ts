/** The embedded accounts as the commands use them: the public `startLocal` of the package. */
export type StartLocal = (options: LocalOptions) => Promise<Local>;

export interface LocalOptions {
  readonly assembly: string;
  /** Folder; absent: in memory. */
  readonly data?: string;
  /** 0: any free port. */
  readonly port?: number;
  readonly environments?: number;
  readonly workflowAccount?: string;
  readonly workflowRegion?: string;
  onLog?(line: string): void;
}

export interface LocalAccount {
  readonly accountId: string;
  readonly region: string;
  readonly profile: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Local {
  readonly endpoint: string;
  readonly accounts: readonly LocalAccount[];
  readonly stateMachines: readonly { readonly stateMachineArn: string; readonly name: string }[];
  readonly skipped: readonly string[];
  close(): Promise<void>;
}
