import { isJsonObject, type Json } from '../asl/json.ts';
import type { Assembly, AssemblyStack } from './assembly.ts';
import { AssemblyDiagnostics, type Report } from './assembly-error.ts';
import { findAsset } from './asset-manifest.ts';
import { dependencyOrder } from './dependency-order.ts';
import type { Deployment, Environment } from './deployment.ts';
import { IntrinsicResolver } from './intrinsics.ts';
import { planSkippedFunction } from './resources/function.ts';
import { PropertyReader } from './resources/property-reader.ts';
import { AssemblyNames, type PlannedResource, type ResourceContext } from './resources/resource-type.ts';
import { RESOURCE_TYPES, SKIPPED_TYPES } from './resources/resource-types.ts';
import { StackScope } from './stack-scope.ts';
import type { TemplateResource } from './template.ts';

export interface AssemblyOptions {
  /** Where a stack goes that leaves its account or Region open. */
  readonly workflowEnvironment: Environment;
  /** Where the code of functions that have it in the template is written. */
  readonly inlineCodeDirectory: string;
  /**
   * The services at configured endpoints, as resources of tasks name them.
   * @default - none
   */
  readonly routed?: ReadonlySet<string>;
}

export interface DeployedAssembly {
  /** In the order deployed. */
  readonly stacks: readonly DeployedStack[];
  readonly skipped: readonly SkippedResource[];
}

export interface DeployedStack extends Environment {
  readonly id: string;
  readonly stackName: string;
  readonly resources: readonly { readonly logicalId: string; readonly type: string; readonly physicalId: string }[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Export name → value. */
  readonly exports: Readonly<Record<string, string>>;
}

/** A resource without local meaning, and why. */
export interface SkippedResource {
  /** Id of the stack. */
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly reason: string;
}

/**
 * Deploys every stack of the assembly. Nothing is deployed unless the whole assembly could be planned; a resource that
 * the deployment refuses holds back only what depends on it in its stack.
 * @throws AssemblyError with every problem found.
 */
export async function deployAssembly(
  assembly: Assembly,
  deployment: Deployment,
  options: AssemblyOptions,
): Promise<DeployedAssembly> {
  const diagnostics = new AssemblyDiagnostics(assembly.diagnostics);
  const names = new AssemblyNames();
  const plans = assembly.stacks.map((stack) => new StackPlanner(stack, options, names, diagnostics).plan());
  diagnostics.throwIfAny();
  await deployAll(plans, deployment, diagnostics);
  diagnostics.throwIfAny();
  return { stacks: plans.map((plan) => plan.stack), skipped: plans.flatMap((plan) => plan.skipped) };
}

interface StackPlan {
  readonly stack: DeployedStack;
  readonly skipped: readonly SkippedResource[];
  readonly resources: readonly { readonly resource: TemplateResource; readonly planned: PlannedResource }[];
}

/** Resources in the order of their dependencies, and policies after the roles that they name, in whatever stack. */
async function deployAll(
  plans: readonly StackPlan[],
  deployment: Deployment,
  diagnostics: AssemblyDiagnostics,
): Promise<void> {
  const resources = new Map(
    plans.flatMap(({ stack, resources }) =>
      resources.map((each) => [nameIn(stack, each.resource.logicalId), { stack, ...each }] as const),
    ),
  );
  const roles = new Map([...resources].flatMap(([name, { planned }]) => (planned.role ? [[planned.role, name]] : [])));
  const dependencies = new Map(
    [...resources].map(([name, { stack, resource, planned }]) => [
      name,
      [
        ...resource.dependencies.map((each) => nameIn(stack, each)),
        ...(planned.principals ?? []).flatMap((arn) => roles.get(arn) ?? []),
      ],
    ]),
  );
  const order = dependencyOrder(dependencies);
  if (order.kind === 'circular') {
    const message = `Policies name roles that depend on them: ${order.cycle.join(' → ')}`;
    diagnostics.report('CIRCULAR_DEPENDENCY', {}, message);
    return;
  }
  const failed = new Set<string>();
  for (const name of order.names) {
    const { resource, planned } = resources.get(name)!;
    if (dependencies.get(name)?.some((each) => failed.has(each))) {
      failed.add(name);
      continue;
    }
    try {
      await planned.deploy(deployment);
    } catch (error) {
      failed.add(name);
      const message = `${resource.type} was refused: ${error instanceof Error ? error.message : String(error)}`;
      diagnostics.report('DEPLOYMENT_FAILED', resource.location, message);
    }
  }
}

function nameIn({ id }: DeployedStack, logicalId: string): string {
  return `${id}/${logicalId}`;
}

class StackPlanner {
  readonly #stack: AssemblyStack;
  readonly #options: AssemblyOptions;
  readonly #names: AssemblyNames;
  readonly #diagnostics: AssemblyDiagnostics;
  readonly #environment: Environment;
  readonly #scope: StackScope;
  readonly #skipped: SkippedResource[] = [];

  constructor(stack: AssemblyStack, options: AssemblyOptions, names: AssemblyNames, diagnostics: AssemblyDiagnostics) {
    this.#stack = stack;
    this.#options = options;
    this.#names = names;
    this.#diagnostics = diagnostics;
    this.#environment = {
      accountId: stack.accountId ?? options.workflowEnvironment.accountId,
      region: stack.region ?? options.workflowEnvironment.region,
    };
    this.#scope = new StackScope(stack.stackName, stack.template, this.#environment);
  }

  plan(): StackPlan {
    const { id, stackName, template } = this.#stack;
    const order = dependencyOrder(
      new Map([...template.resources.values()].map((resource) => [resource.logicalId, resource.dependencies])),
    );
    if (order.kind === 'circular') {
      const message = `Resources depend on each other: ${order.cycle.join(' → ')}`;
      this.#diagnostics.report('CIRCULAR_DEPENDENCY', { stack: id }, message);
    }
    const names = order.kind === 'ordered' ? order.names : [];
    const providers = providersOfSkipped([...template.resources.values()]);
    const resources: { resource: TemplateResource; planned: PlannedResource }[] = [];
    for (const logicalId of names) {
      const resource = template.resources.get(logicalId) as TemplateResource;
      const planned = this.#planResource(resource, providers.get(logicalId));
      if (planned !== undefined) resources.push({ resource, planned });
    }
    const listed = resources.map(({ resource, planned }) => ({
      logicalId: resource.logicalId,
      type: resource.type,
      physicalId: planned.ref,
    }));
    const outputs = order.kind === 'ordered' ? this.#resolveOutputs() : { outputs: {}, exports: {} };
    const stack = { id, stackName, ...this.#environment, resources: listed, ...outputs };
    return { stack, skipped: this.#skipped, resources };
  }

  #planResource(resource: TemplateResource, providerReason: string | undefined): PlannedResource | undefined {
    const { logicalId, type, properties, location } = resource;
    const report = this.#diagnostics.at(location);
    const context = this.#context(logicalId, report);
    const reason = SKIPPED_TYPES.get(type) ?? providerReason;
    if (reason !== undefined) {
      this.#skipped.push({ stack: this.#stack.id, logicalId, type, reason });
      this.#scope.define(
        logicalId,
        type,
        providerReason === undefined ? { attributes: {} } : planSkippedFunction(context),
      );
      return undefined;
    }
    for (const attribute of resource.unsupported) {
      report('UNSUPPORTED_TEMPLATE', attribute, `The resource attribute \`${attribute}\` is not supported`);
    }
    const resourceType = RESOURCE_TYPES.get(type);
    if (resourceType === undefined) {
      report('UNSUPPORTED_RESOURCE_TYPE', 'Type', `Resources of type \`${type}\` are not supported`);
      return undefined;
    }
    const resolver = new IntrinsicResolver(this.#scope, report);
    const reader = new PropertyReader(
      properties,
      'Properties',
      (value, property) => resolver.resolve(value, property),
      report,
    );
    const planned = resourceType.plan(reader, context);
    reader.refuseUnread(resourceType.withoutLocalMeaning);
    this.#scope.define(logicalId, type, planned);
    return planned;
  }

  #context(logicalId: string, report: Report): ResourceContext {
    const environment = this.#environment;
    const { inlineCodeDirectory, routed = new Set() } = this.#options;
    const { roleArns } = this.#names;
    return {
      environment,
      stackName: this.#stack.stackName,
      logicalId,
      report,
      asset: (bucketName, objectKey) => findAsset(this.#stack.assets, environment, bucketName, objectKey),
      roleArn: (roleName) =>
        roleArns.get(`${environment.accountId}/${roleName}`) ??
        `arn:aws:iam::${environment.accountId}:role/${roleName}`,
      names: this.#names,
      inlineCodeDirectory,
      routed,
    };
  }

  #resolveOutputs(): { outputs: Record<string, string>; exports: Record<string, string> } {
    const outputs: Record<string, string> = {};
    const exports: Record<string, string> = {};
    const report = this.#diagnostics.at({ stack: this.#stack.id });
    const resolver = new IntrinsicResolver(this.#scope, report);
    for (const [name, { value, exportName }] of this.#stack.template.outputs) {
      const text = resolveText(value, `Outputs.${name}.Value`, resolver, report);
      if (text === undefined) continue;
      outputs[name] = text;
      const exported =
        exportName === undefined ? undefined : resolveText(exportName, `Outputs.${name}.Export.Name`, resolver, report);
      if (exported !== undefined) exports[exported] = text;
    }
    return { outputs, exports };
  }
}

function resolveText(value: Json, property: string, resolver: IntrinsicResolver, report: Report): string | undefined {
  const resolved = resolver.resolve(value, property);
  if (typeof resolved === 'string' || typeof resolved === 'number' || typeof resolved === 'boolean') {
    return String(resolved);
  }
  if (typeof resolved !== 'symbol') {
    report('INVALID_TEMPLATE', property, `Expected a string, found \`${JSON.stringify(resolved)}\``);
  }
  return undefined;
}

/** Logical ids of the functions that are the `ServiceToken` of a skipped custom resource, with the reason. */
function providersOfSkipped(resources: readonly TemplateResource[]): Map<string, string> {
  const providers = new Map<string, string>();
  for (const { type, properties } of resources) {
    const token = properties.ServiceToken;
    const target = isJsonObject(token) ? token['Fn::GetAtt'] : undefined;
    if (SKIPPED_TYPES.has(type) && Array.isArray(target)) providers.set(String(target[0]), `serves ${type}`);
  }
  return providers;
}
