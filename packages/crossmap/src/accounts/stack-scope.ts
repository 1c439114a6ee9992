import { createHash } from 'node:crypto';
import type { Report } from './assembly-error.ts';
import type { Environment } from './deployment.ts';
import { type Resolved, type Scope, UNRESOLVED } from './intrinsics.ts';
import type { Template } from './template.ts';

interface Named {
  /** Absent when nothing may refer to the resource. */
  readonly ref?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What `Ref` and `Fn::GetAtt` mean in one stack. Resources are defined one by one, in dependency order. */
export class StackScope implements Scope {
  readonly #template: Template;
  readonly #pseudoParameters: ReadonlyMap<string, string>;
  readonly #resources = new Map<string, Named & { readonly type: string }>();

  constructor(stackName: string, template: Template, { accountId, region }: Environment) {
    this.#template = template;
    const stackArn = `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}`;
    this.#pseudoParameters = new Map([
      ['AWS::AccountId', accountId],
      ['AWS::Region', region],
      ['AWS::Partition', 'aws'],
      ['AWS::URLSuffix', 'amazonaws.com'],
      ['AWS::StackName', stackName],
      ['AWS::StackId', `${stackArn}/${uuidOf(stackArn)}`],
    ]);
  }

  define(logicalId: string, type: string, named: Named): void {
    this.#resources.set(logicalId, { ...named, type });
  }

  ref(name: string, property: string, report: Report): Resolved {
    const value = this.#pseudoParameters.get(name) ?? this.#template.parameters.get(name);
    if (value !== undefined) return value;
    const resource = this.#resource(name, property, report);
    if (resource !== undefined && resource.ref === undefined) {
      report('UNRESOLVED_REFERENCE', property, `\`${name}\` (${resource.type}) is skipped and has no \`Ref\``);
    }
    return resource?.ref ?? UNRESOLVED;
  }

  attribute(logicalId: string, attribute: string, property: string, report: Report): Resolved {
    const resource = this.#resource(logicalId, property, report);
    if (resource !== undefined && !Object.hasOwn(resource.attributes, attribute)) {
      const known = Object.keys(resource.attributes);
      const supported = known.length === 0 ? '' : `, only ${known.map((each) => `\`${each}\``).join(', ')}`;
      const message = `The attribute \`${attribute}\` of \`${logicalId}\` (${resource.type}) is not supported${supported}`;
      report('UNSUPPORTED_INTRINSIC', property, message);
    }
    return resource?.attributes[attribute] ?? UNRESOLVED;
  }

  /** `undefined` after a report: here, or earlier where the resource itself could not be planned. */
  #resource(logicalId: string, property: string, report: Report): (Named & { readonly type: string }) | undefined {
    const resource = this.#resources.get(logicalId);
    if (resource === undefined && !this.#template.resources.has(logicalId)) {
      const message = logicalId.startsWith('AWS::')
        ? `The pseudo parameter \`${logicalId}\` is not supported`
        : `The template has no resource, and no parameter with a plain default, named \`${logicalId}\``;
      report('UNRESOLVED_REFERENCE', property, message);
    }
    return resource;
  }
}

/** Looks like a UUID and is the same at every load. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
