import { App } from 'aws-cdk-lib';

/** An app that leaves out CDK's own check of the templates, which takes most of the time of a synthesis. */
export function appOf(context: Record<string, unknown> = {}): App {
  return new App({ context, builtinCloudFormationValidation: false });
}

/**
 * A template value with its intrinsics written out: `Ref` as `<LogicalId>`, `Fn::GetAtt` as `<LogicalId.Attribute>`,
 * both without the hash that CDK appends, `Fn::Join` joined, and the partition `aws`.
 */
export function resolved<T>(value: T): T {
  return written(value) as T;
}

function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Partial<Intrinsics>;
  if (ref !== undefined) return ref === 'AWS::Partition' ? 'aws' : `<${withoutHash(ref)}>`;
  if (attribute !== undefined) return `<${withoutHash(attribute[0])}.${attribute[1]}>`;
  if (join !== undefined) return join[1].map(written).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, written(part)]));
}

interface Intrinsics {
  readonly Ref: string;
  readonly 'Fn::GetAtt': readonly [logicalId: string, attribute: string];
  readonly 'Fn::Join': readonly [separator: string, parts: readonly unknown[]];
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}
