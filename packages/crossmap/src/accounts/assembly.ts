import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../asl/json.ts';
import { type AssemblyDiagnostic, AssemblyDiagnostics } from './assembly-error.ts';
import { type Asset, readAssets } from './asset-manifest.ts';
import { dependencyOrder } from './dependency-order.ts';
import type { Environment } from './deployment.ts';
import { readTemplate, type Template } from './template.ts';

/** A synthesized CDK app (`cdk.out`): its stacks, those of its Stages included, each after the ones it depends on. */
export interface Assembly {
  /** What is wrong with it. An assembly with problems is not whole: deploying it throws them, with those found then. */
  readonly diagnostics: readonly AssemblyDiagnostic[];
  readonly stacks: readonly AssemblyStack[];
}

export interface AssemblyStack {
  /** Unique in the assembly; the stack name, unless the app gave another one. */
  readonly id: string;
  readonly stackName: string;
  /** Absent where the app left the account or the Region open. */
  readonly accountId?: string;
  readonly region?: string;
  readonly template: Template;
  readonly assets: readonly Asset[];
}

/** The schema of aws-cdk-lib 2.188, the oldest supported. A newer one is refused by what it holds, not by its number. */
const OLDEST_SCHEMA = 41;

/** What the CDK writes for people and tools only. */
const PASSED_ARTIFACTS = new Set(['cdk:tree', 'cdk:feature-flag-report']);

/** Reads a cloud assembly with all its templates and asset manifests. Does not throw for what is wrong in it. */
export async function readAssembly(directory: string): Promise<Assembly> {
  const diagnostics = new AssemblyDiagnostics();
  const root = resolve(directory);
  const stacks = await new AssemblyReader(root, diagnostics).readManifest(root);
  return { diagnostics: diagnostics.found, stacks };
}

/** The account and Region of the stacks that hold a state machine, when these agree; else 111111111111 in us-east-1. */
export function defaultWorkflowEnvironment(assembly: Assembly): Environment {
  const environments = new Map<string, Environment>();
  for (const { accountId, region, template } of assembly.stacks) {
    const types = [...template.resources.values()].map((resource) => resource.type);
    if (accountId !== undefined && region !== undefined && types.includes('AWS::StepFunctions::StateMachine')) {
      environments.set(`${accountId}/${region}`, { accountId, region });
    }
  }
  const [only, ...others] = environments.values();
  return only !== undefined && others.length === 0 ? only : { accountId: '111111111111', region: 'us-east-1' };
}

interface Artifact {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependencies: readonly string[];
  readonly content: JsonObject;
}

class AssemblyReader {
  readonly #root: string;
  readonly #diagnostics: AssemblyDiagnostics;

  constructor(root: string, diagnostics: AssemblyDiagnostics) {
    this.#root = root;
    this.#diagnostics = diagnostics;
  }

  async readManifest(directory: string): Promise<AssemblyStack[]> {
    const path = join(directory, 'manifest.json');
    const file = this.#relative(path);
    const manifest = await this.#readJson(path, 'Not a cloud assembly (expected what `cdk synth` writes)');
    if (manifest === undefined || !this.#checkManifest(manifest, file)) return [];
    const artifacts = this.#readArtifacts(manifest, file);
    const order = dependencyOrder(new Map([...artifacts].map(([id, artifact]) => [id, artifact.dependencies])));
    if (order.kind === 'circular') {
      const message = `Artifacts depend on each other: ${order.cycle.join(' → ')}`;
      this.#diagnostics.report('CIRCULAR_DEPENDENCY', { file }, message);
      return [];
    }
    const stacks: AssemblyStack[] = [];
    for (const id of order.names) {
      const artifact = artifacts.get(id) as Artifact;
      if (artifact.type === 'aws:cloudformation:stack') {
        const stack = await this.#readStack(artifact, artifacts, directory, file);
        if (stack !== undefined) stacks.push(stack);
      } else if (artifact.type === 'cdk:cloud-assembly') {
        const name = this.#requiredFile(artifact, 'directoryName', file);
        if (name !== undefined) stacks.push(...(await this.readManifest(join(directory, name))));
      }
    }
    return stacks;
  }

  #checkManifest(manifest: JsonObject, file: string): boolean {
    const { version, missing } = manifest;
    const schema = typeof version === 'string' ? /^(\d+)\.\d+\.\d+$/.exec(version)?.[1] : undefined;
    if (schema === undefined || Number(schema) < OLDEST_SCHEMA) {
      const found = version === undefined ? 'none' : `\`${version}\``;
      const message = `Expected a schema version of ${OLDEST_SCHEMA}.0.0 or later, found ${found}`;
      this.#diagnostics.report('UNSUPPORTED_ASSEMBLY', { file, property: 'version' }, message);
      return false;
    }
    if (Array.isArray(missing) && missing.length > 0) {
      const lookups = missing.map((lookup: Json) => (isJsonObject(lookup) ? String(lookup.key) : String(lookup)));
      const message = `The app needs values that only \`cdk synth\` can look up in AWS: ${lookups.join(', ')}`;
      this.#diagnostics.report('UNSUPPORTED_ASSEMBLY', { file, property: 'missing' }, message);
    }
    return true;
  }

  #readArtifacts(manifest: JsonObject, file: string): Map<string, Artifact> {
    const artifacts = new Map<string, Artifact>();
    for (const [id, content] of Object.entries(isJsonObject(manifest.artifacts) ? manifest.artifacts : {})) {
      const property = `artifacts.${id}`;
      const type = isJsonObject(content) ? content.type : undefined;
      if (!isJsonObject(content) || typeof type !== 'string') {
        this.#diagnostics.report(
          'INVALID_ASSEMBLY',
          { file, property },
          'Expected an artifact with a `type`, found none',
        );
      } else if (KNOWN_ARTIFACTS.has(type)) {
        const properties = isJsonObject(content.properties) ? content.properties : {};
        const dependencies = (Array.isArray(content.dependencies) ? content.dependencies : []).map(String);
        artifacts.set(id, { id, type, properties, dependencies, content });
      } else if (!PASSED_ARTIFACTS.has(type)) {
        const message = `Artifacts of type \`${type}\` are not supported`;
        this.#diagnostics.report('UNSUPPORTED_ASSEMBLY', { file, property }, message);
      }
    }
    return artifacts;
  }

  async #readStack(
    artifact: Artifact,
    artifacts: ReadonlyMap<string, Artifact>,
    directory: string,
    file: string,
  ): Promise<AssemblyStack | undefined> {
    const { id, properties } = artifact;
    const environment = this.#readEnvironment(artifact, file);
    if (isJsonObject(properties.parameters) && Object.keys(properties.parameters).length > 0) {
      const message = `Values for stack parameters are not supported: ${Object.keys(properties.parameters).join(', ')}`;
      this.#diagnostics.report(
        'UNSUPPORTED_ASSEMBLY',
        { file, property: `artifacts.${id}.properties.parameters` },
        message,
      );
    }
    const templateFile = this.#requiredFile(artifact, 'templateFile', file);
    if (templateFile === undefined) return undefined;
    const template = await this.#readJson(join(directory, templateFile), `Missing template of the stack \`${id}\``);
    const constructPaths = await this.#readMetadata(artifact, directory);
    const assets: Asset[] = [];
    for (const dependency of artifact.dependencies) {
      const manifest = artifacts.get(dependency);
      if (manifest?.type === 'cdk:asset-manifest')
        assets.push(...(await this.#readAssetManifest(manifest, directory, file)));
    }
    if (template === undefined || environment === undefined) return undefined;
    return {
      id,
      stackName: typeof properties.stackName === 'string' ? properties.stackName : id,
      ...environment,
      template: readTemplate(template, id, constructPaths, this.#diagnostics),
      assets,
    };
  }

  #readEnvironment({ id, content }: Artifact, file: string): { accountId?: string; region?: string } | undefined {
    const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(String(content.environment)) ?? [];
    const location = { file, property: `artifacts.${id}.environment` };
    if (account === undefined || region === undefined || !/^(\d{12}|unknown-account)$/.test(account)) {
      const message = `Expected \`aws://ACCOUNT/REGION\`, found \`${content.environment}\``;
      this.#diagnostics.report('INVALID_ASSEMBLY', location, message);
      return undefined;
    }
    if (/^(cn|us-gov|us-iso\w*|eu-isoe|eusc)-/.test(region)) {
      const message = `Only Regions of the partition \`aws\` are supported, found \`${region}\``;
      this.#diagnostics.report('UNSUPPORTED_ASSEMBLY', location, message);
      return undefined;
    }
    return {
      ...(account !== 'unknown-account' && { accountId: account }),
      ...(region !== 'unknown-region' && { region }),
    };
  }

  async #readAssetManifest(artifact: Artifact, directory: string, file: string): Promise<Asset[]> {
    const name = this.#requiredFile(artifact, 'file', file);
    if (name === undefined) return [];
    const path = join(directory, name);
    const manifest = await this.#readJson(path, `Missing asset manifest \`${artifact.id}\``);
    return manifest === undefined ? [] : readAssets(manifest, directory, this.#relative(path), this.#diagnostics);
  }

  /** The CDK path of each logical id. Reports the errors that the app annotated its constructs with. */
  async #readMetadata({ id, content }: Artifact, directory: string): Promise<Map<string, string>> {
    const name = content.additionalMetadataFile;
    const additional =
      typeof name === 'string'
        ? await this.#readJson(join(directory, name), `Missing metadata of the stack \`${id}\``)
        : {};
    const metadata = { ...(isJsonObject(content.metadata) ? content.metadata : {}), ...additional };
    const paths = new Map<string, string>();
    for (const [path, found] of Object.entries(metadata)) {
      const constructPath = path.replace(/^\//, '');
      for (const entry of Array.isArray(found) ? found.filter(isJsonObject) : []) {
        if (entry.type === 'aws:cdk:logicalId') paths.set(String(entry.data), constructPath);
        if (entry.type === 'aws:cdk:error') {
          this.#diagnostics.report('INVALID_ASSEMBLY', { stack: id, constructPath }, `The app reports: ${entry.data}`);
        }
      }
    }
    return paths;
  }

  #requiredFile({ id, properties }: Artifact, property: string, file: string): string | undefined {
    const name = properties[property];
    if (typeof name === 'string') return name;
    const location = { file, property: `artifacts.${id}.properties.${property}` };
    this.#diagnostics.report('INVALID_ASSEMBLY', location, 'Expected a file name, found none');
    return undefined;
  }

  async #readJson(path: string, missing: string): Promise<JsonObject | undefined> {
    const location = { file: this.#relative(path) };
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
    if (typeof text !== 'string') {
      const reason = text.code === 'ENOENT' ? 'there is no such file' : text.message;
      this.#diagnostics.report('INVALID_ASSEMBLY', location, `${missing}: ${reason}`);
      return undefined;
    }
    const value = parseJson(text);
    if (value instanceof SyntaxError || !isJsonObject(value)) {
      const found = value instanceof SyntaxError ? value.message : Array.isArray(value) ? 'a list' : String(value);
      this.#diagnostics.report('INVALID_ASSEMBLY', location, `Expected a JSON object, found: ${found}`);
      return undefined;
    }
    return value;
  }

  #relative(path: string): string {
    return relative(this.#root, path);
  }
}

const KNOWN_ARTIFACTS = new Set(['aws:cloudformation:stack', 'cdk:asset-manifest', 'cdk:cloud-assembly']);

function parseJson(text: string): Json | SyntaxError {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    return error as SyntaxError;
  }
}
