import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { readAssembly } from '../../src/accounts/assembly.ts';
import { type AssemblyOptions, type DeployedAssembly, deployAssembly } from '../../src/accounts/assembly-deployment.ts';
import { type AssemblyDiagnostic, AssemblyError } from '../../src/accounts/assembly-error.ts';
import type { Deployment } from '../../src/accounts/deployment.ts';
import type { Json, JsonObject } from '../../src/asl/json.ts';

export const WORKFLOW_ENVIRONMENT = { accountId: '111111111111', region: 'us-east-1' };

/** Lets the services of an assembly assume a role. */
export const TRUST_POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
  ],
};

/** The least that Step Functions takes. */
export const DEFINITION = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };

/** Files by path; an object is written as JSON. */
export type Files = Readonly<Record<string, Json>>;

/** A folder with these files, removed after the test. */
export async function folder(context: TestContext, files: Files): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'crossmap-assembly-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

export interface StackFixture {
  readonly template: JsonObject;
  /** Absent: a stack without `env`. */
  readonly environment?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: JsonObject;
  readonly artifact?: JsonObject;
}

/** The files of an assembly as the CDK writes it. Every stack has the asset folder `asset.abc` under the key `abc.zip`. */
export function assemblyFiles(stacks: Readonly<Record<string, StackFixture>>): Record<string, Json> {
  const artifacts: Record<string, Json> = { Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } } };
  const files: Record<string, Json> = { 'asset.abc/index.js': 'exports.handler = async (event) => event;\n' };
  for (const [id, { template, environment, dependencies = [], properties, artifact }] of Object.entries(stacks)) {
    artifacts[`${id}.assets`] = { type: 'cdk:asset-manifest', properties: { file: `${id}.assets.json` } };
    artifacts[id] = {
      type: 'aws:cloudformation:stack',
      environment: environment ?? 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${id}.template.json`, ...properties },
      dependencies: [`${id}.assets`, ...dependencies],
      ...artifact,
    };
    files[`${id}.template.json`] = template;
    files[`${id}.assets.json`] = { version: '55.0.0', files: { abc: ASSET }, dockerImages: {} };
  }
  files['manifest.json'] = { version: '55.0.0', artifacts };
  return files;
}

const ASSET = {
  source: { path: 'asset.abc', packaging: 'zip' },
  destinations: { here: { bucketName: 'assets-${AWS::AccountId}-${AWS::Region}', objectKey: 'abc.zip' } },
};

export type Requests = { readonly [Method in keyof Deployment]: Parameters<Deployment[Method]>[0] };
export type Call = { readonly [Method in keyof Requests]: [Method, Requests[Method]] }[keyof Requests];

/** Keeps what it is asked to deploy; refuses the calls that `refusal` has a message for. */
export class RecordingDeployment implements Deployment {
  readonly calls: Call[] = [];
  readonly #refusal: (call: Call) => string | undefined;

  constructor(refusal: (call: Call) => string | undefined = () => undefined) {
    this.#refusal = refusal;
  }

  createBucket: Deployment['createBucket'] = (bucket) => this.#record(['createBucket', bucket]);
  putBucketPolicy: Deployment['putBucketPolicy'] = (policy) => this.#record(['putBucketPolicy', policy]);
  createManagedPolicy: Deployment['createManagedPolicy'] = (policy) => this.#record(['createManagedPolicy', policy]);
  attachRolePolicy: Deployment['attachRolePolicy'] = (policy) => this.#record(['attachRolePolicy', policy]);
  createRole: Deployment['createRole'] = (role) => this.#record(['createRole', role]);
  putRolePolicy: Deployment['putRolePolicy'] = (policy) => this.#record(['putRolePolicy', policy]);
  createFunction: Deployment['createFunction'] = (lambda) => this.#record(['createFunction', lambda]);
  createKey: Deployment['createKey'] = (key) => this.#record(['createKey', key]);
  createKeyAlias: Deployment['createKeyAlias'] = (alias) => this.#record(['createKeyAlias', alias]);
  createLogGroup: Deployment['createLogGroup'] = (logGroup) => this.#record(['createLogGroup', logGroup]);
  createStateMachine: Deployment['createStateMachine'] = (machine) => this.#record(['createStateMachine', machine]);

  async #record(call: Call): Promise<void> {
    const message = this.#refusal(call);
    if (message !== undefined) throw new Error(message);
    this.calls.push(call);
  }
}

/** Code of the template goes to the folder `inline` beside the assembly's files. */
export function optionsIn(directory: string): AssemblyOptions {
  return { workflowEnvironment: WORKFLOW_ENVIRONMENT, inlineCodeDirectory: join(directory, 'inline') };
}

export interface Loaded extends DeployedAssembly {
  readonly calls: readonly Call[];
}

export async function load(directory: string): Promise<Loaded> {
  const deployment = new RecordingDeployment();
  const deployed = await deployAssembly(await readAssembly(directory), deployment, optionsIn(directory));
  return { ...deployed, calls: deployment.calls };
}

/** Loads an assembly of the one stack `App` that holds the template. */
export async function loadTemplate(context: TestContext, template: JsonObject): Promise<Loaded> {
  return load(await folder(context, assemblyFiles({ App: { template } })));
}

export async function loadResources(context: TestContext, resources: JsonObject): Promise<Loaded> {
  return loadTemplate(context, { Resources: resources });
}

/** The problems of an assembly; none when it loads. */
export async function problems(loading: Promise<unknown>): Promise<readonly AssemblyDiagnostic[]> {
  try {
    await loading;
    return [];
  } catch (error) {
    if (error instanceof AssemblyError) return error.diagnostics;
    throw error;
  }
}

/** Each problem as `CODE logicalId property`. */
export async function problemLines(loading: Promise<unknown>): Promise<string[]> {
  return (await problems(loading)).map(({ code, location }) =>
    [code, location.logicalId, location.property].filter((part) => part !== undefined).join(' '),
  );
}

/** What the method was called with. */
export function callsOf<Method extends keyof Requests>(calls: readonly Call[], method: Method): Requests[Method][] {
  return calls.filter(([name]) => name === method).map(([, request]) => request as Requests[Method]);
}

/** What the output `V` with that value is once the resources are deployed. */
export async function output(context: TestContext, resources: JsonObject, value: Json): Promise<string | undefined> {
  const template = { Resources: resources, Outputs: { V: { Value: value } } };
  const { stacks } = await loadTemplate(context, template);
  return stacks[0]?.outputs.V;
}
