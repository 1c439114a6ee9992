import { isJsonObject, type JsonObject } from '../../asl/json.ts';
import type { Report } from '../assembly-error.ts';
import type { Asset } from '../asset-manifest.ts';
import type { Deployment, Environment } from '../deployment.ts';
import type { PropertyReader } from './property-reader.ts';

/** One CloudFormation resource type. A property is honoured, or has a reason here, or is refused by name. */
export interface ResourceType {
  readonly type: string;
  /** Property → why it may be passed over without anything behaving differently here. */
  readonly withoutLocalMeaning: Readonly<Record<string, string>>;
  plan(properties: PropertyReader, context: ResourceContext): PlannedResource;
}

/** A resource before it exists: everything others may refer to is known by now. */
export interface PlannedResource {
  readonly ref: string;
  /** What `Fn::GetAtt` gives. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The ARN of the role that it is. */
  readonly role?: string;
  /** ARNs of the principals that its policies name: such a policy is attached when they exist. */
  readonly principals?: readonly string[];
  deploy(deployment: Deployment): Promise<void>;
}

/** The ARNs that a policy document has as principals. */
export function principalsOf(document: JsonObject): readonly string[] {
  const { Statement: statements = [] } = document;
  return (Array.isArray(statements) ? statements : [statements]).flatMap((statement) => {
    const principal = isJsonObject(statement) ? (statement.Principal ?? statement.NotPrincipal) : undefined;
    const named = isJsonObject(principal) ? principal.AWS : undefined;
    return (Array.isArray(named) ? named : [named]).filter((each) => typeof each === 'string');
  });
}

export interface ResourceContext {
  readonly environment: Environment;
  readonly stackName: string;
  readonly logicalId: string;
  readonly report: Report;
  /** The asset of the stack that a deployment would find at this bucket and key. */
  asset(bucketName: string, objectKey: string): Asset | undefined;
  /** ARN of the role of that name in the account of the stack. */
  roleArn(roleName: string): string;
  readonly names: AssemblyNames;
  /** Where the code of functions that have it in the template is written. */
  readonly inlineCodeDirectory: string;
  /** The services at configured endpoints, as resources of tasks name them. */
  readonly routed: ReadonlySet<string>;
}

/** What the resources planned so far, of all stacks, are known as. */
export class AssemblyNames {
  /** ARNs by `ACCOUNT/ROLE-NAME`: a path makes the ARN of a role more than its name. */
  readonly roleArns = new Map<string, string>();
  /** The ARNs of the customer managed policies of the assembly. */
  readonly managedPolicies = new Set<string>();
}
