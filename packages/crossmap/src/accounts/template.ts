import { isJsonObject, type Json, type JsonObject } from '../asl/json.ts';
import type { AssemblyDiagnostics, Location, Report } from './assembly-error.ts';
import { references } from './intrinsics.ts';

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  /** Intrinsic functions unresolved. */
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  /** Logical ids of the template that must come first: `DependsOn` and every reference in the properties. */
  readonly dependencies: readonly string[];
  readonly location: Location;
  /** Attributes of the entry, such as `Condition` and `UpdatePolicy`, that nothing local honours. */
  readonly unsupported: readonly string[];
}

export interface TemplateOutput {
  readonly value: Json;
  readonly exportName?: Json;
}

export interface Template {
  readonly resources: ReadonlyMap<string, TemplateResource>;
  readonly outputs: ReadonlyMap<string, TemplateOutput>;
  /** Values of the parameters that have a plain default. */
  readonly parameters: ReadonlyMap<string, string | number>;
}

/** Sections without local meaning, or (`Conditions`, `Mappings`) without any until something uses them by name. */
const PASSED_SECTIONS = new Set(['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Conditions', 'Mappings']);
const READ_SECTIONS = new Set(['Resources', 'Outputs', 'Parameters', 'Rules']);

/** Nothing is ever updated or deleted by a load, so the two policies have no local meaning. */
const KNOWN_ATTRIBUTES = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
]);

/** What the CDK adds to every stack so that CloudFormation checks its bootstrap resources. */
const BOOTSTRAP_PARAMETER = 'BootstrapVersion';
const BOOTSTRAP_RULE = 'CheckBootstrapVersion';

/**
 * Reads a template as the CDK writes it. Problems are reported and the entry they are in is left out.
 * `constructPaths` gives the CDK path of a logical id where the template itself does not.
 */
export function readTemplate(
  template: JsonObject,
  stack: string,
  constructPaths: ReadonlyMap<string, string>,
  diagnostics: AssemblyDiagnostics,
): Template {
  const report = diagnostics.at({ stack });
  for (const section of Object.keys(template)) {
    if (!PASSED_SECTIONS.has(section) && !READ_SECTIONS.has(section)) {
      report('UNSUPPORTED_TEMPLATE', section, `The template section \`${section}\` is not supported`);
    }
  }
  for (const rule of entries(template, 'Rules', report).keys()) {
    if (rule === BOOTSTRAP_RULE) continue;
    report('UNSUPPORTED_TEMPLATE', `Rules.${rule}`, `Rules other than \`${BOOTSTRAP_RULE}\` are not supported`);
  }
  return {
    resources: readResources(template, stack, constructPaths, diagnostics),
    outputs: readOutputs(template, report),
    parameters: readParameters(template, report),
  };
}

function readResources(
  template: JsonObject,
  stack: string,
  constructPaths: ReadonlyMap<string, string>,
  diagnostics: AssemblyDiagnostics,
): Map<string, TemplateResource> {
  const found = entries(template, 'Resources', diagnostics.at({ stack }));
  const resources = new Map<string, TemplateResource>();
  for (const [logicalId, entry] of found) {
    const constructPath = pathInMetadata(entry) ?? constructPaths.get(logicalId);
    const location = { stack, logicalId, ...(constructPath !== undefined && { constructPath }) };
    const report = diagnostics.at(location);
    const type = entry.Type;
    const properties = entry.Properties ?? {};
    const dependsOn = typeof entry.DependsOn === 'string' ? [entry.DependsOn] : (entry.DependsOn ?? []);
    if (typeof type !== 'string') {
      report('INVALID_TEMPLATE', 'Type', `Expected a resource type, found \`${JSON.stringify(type)}\``);
    } else if (!isJsonObject(properties)) {
      report('INVALID_TEMPLATE', 'Properties', `Expected an object, found \`${JSON.stringify(properties)}\``);
    } else if (!isStringList(dependsOn)) {
      report('INVALID_TEMPLATE', 'DependsOn', `Expected logical ids, found \`${JSON.stringify(dependsOn)}\``);
    } else {
      const dependencies = [...new Set([...dependsOn, ...references(properties)])].filter((name) => found.has(name));
      const unsupported = Object.keys(entry).filter((attribute) => !KNOWN_ATTRIBUTES.has(attribute));
      resources.set(logicalId, { logicalId, type, properties, dependsOn, dependencies, location, unsupported });
    }
    for (const name of isStringList(dependsOn) ? dependsOn : []) {
      if (!found.has(name)) report('UNRESOLVED_REFERENCE', 'DependsOn', `The template has no resource \`${name}\``);
    }
  }
  return resources;
}

function readOutputs(template: JsonObject, report: Report): Map<string, TemplateOutput> {
  const outputs = new Map<string, TemplateOutput>();
  for (const [name, output] of entries(template, 'Outputs', report)) {
    if (output.Condition !== undefined) {
      report('UNSUPPORTED_TEMPLATE', `Outputs.${name}.Condition`, 'Conditions on outputs are not supported');
    } else if (output.Value === undefined) {
      report('INVALID_TEMPLATE', `Outputs.${name}`, 'Expected a `Value`, found none');
    } else {
      const exportName = isJsonObject(output.Export) ? output.Export.Name : undefined;
      outputs.set(name, { value: output.Value, ...(exportName !== undefined && { exportName }) });
    }
  }
  return outputs;
}

function readParameters(template: JsonObject, report: Report): Map<string, string | number> {
  const parameters = new Map<string, string | number>();
  for (const [name, parameter] of entries(template, 'Parameters', report)) {
    if (name === BOOTSTRAP_PARAMETER) continue;
    const plain = parameter.Type === 'String' || parameter.Type === 'Number';
    if (plain && (typeof parameter.Default === 'string' || typeof parameter.Default === 'number')) {
      parameters.set(name, parameter.Default);
    } else {
      const found = `type \`${parameter.Type}\`${parameter.Default === undefined ? ' without a default' : ''}`;
      const message = `Only \`String\` and \`Number\` parameters with a default are supported, found ${found}`;
      report('UNSUPPORTED_TEMPLATE', `Parameters.${name}`, message);
    }
  }
  return parameters;
}

/** The entries of a section that are objects; the others are reported. */
function entries(template: JsonObject, section: string, report: Report): Map<string, JsonObject> {
  const content = template[section] ?? {};
  const found = new Map<string, JsonObject>();
  if (!isJsonObject(content)) {
    report('INVALID_TEMPLATE', section, `Expected an object, found \`${JSON.stringify(content)}\``);
    return found;
  }
  for (const [name, entry] of Object.entries(content)) {
    if (isJsonObject(entry)) found.set(name, entry);
    else report('INVALID_TEMPLATE', `${section}.${name}`, `Expected an object, found \`${JSON.stringify(entry)}\``);
  }
  return found;
}

function pathInMetadata(entry: JsonObject): string | undefined {
  const path = isJsonObject(entry.Metadata) ? entry.Metadata['aws:cdk:path'] : undefined;
  return typeof path === 'string' ? path : undefined;
}

function isStringList(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
