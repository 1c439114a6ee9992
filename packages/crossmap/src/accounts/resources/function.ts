import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedName } from './physical-name.ts';
import type { PropertyReader, StringRule } from './property-reader.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';

const FUNCTION_NAME: StringRule = { pattern: /^[\w-]{1,64}$/, expected: 'a function name (1 to 64 of `A-Za-z0-9_-`)' };

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export const FUNCTION: ResourceType = {
  type: 'AWS::Lambda::Function',
  withoutLocalMeaning: {
    Architectures: 'the function runs on the processor of this machine',
    Description: 'is for people',
    EphemeralStorage: '`/tmp` is as large as the disk',
    RuntimeManagementConfig: 'the function runs on the Node that runs Crossmap',
    Tags: 'are for cost reports and people',
    TracingConfig: 'X-Ray traces are not kept',
  },
  plan(properties, context) {
    const functionName = functionNameOf(properties, context);
    const functionArn = functionArnOf(functionName, context);
    properties.oneOf('PackageType', ['Zip']);
    const code = planCode(properties.object('Code'), context);
    const lambda = {
      ...context.environment,
      functionArn,
      functionName,
      roleArn: properties.string('Role'),
      runtime: readRuntime(properties),
      handler: properties.string('Handler'),
      codeDirectory: code.directory,
      timeoutSeconds: properties.integer('Timeout', 3, { min: 1, max: 900 }),
      memorySizeMb: properties.integer('MemorySize', 128, { min: 128, max: 10_240 }),
      logGroupName: readLogGroup(properties.optionalObject('LoggingConfig')) ?? `/aws/lambda/${functionName}`,
      environment: properties.optionalObject('Environment')?.stringMap('Variables') ?? {},
    };
    return {
      ref: functionName,
      attributes: { Arn: functionArn },
      async deploy(deployment) {
        if (code.inline !== undefined) await writeInlineCode(code.directory, code.inline);
        await deployment.createFunction(lambda);
      },
    };
  },
};

/** What a function that is not deployed is known as, so that others may name it. */
export function planSkippedFunction(context: ResourceContext): { ref: string; attributes: Record<string, string> } {
  const functionName = generatedName(context, 64);
  return { ref: functionName, attributes: { Arn: functionArnOf(functionName, context) } };
}

function functionNameOf(properties: PropertyReader, context: ResourceContext): string {
  return properties.optionalString('FunctionName', FUNCTION_NAME) ?? generatedName(context, 64);
}

function functionArnOf(functionName: string, { environment }: ResourceContext): string {
  return `arn:aws:lambda:${environment.region}:${environment.accountId}:function:${functionName}`;
}

/** The log group that is named. What chooses and formats the lines in it has no local meaning. */
function readLogGroup(logging: PropertyReader | undefined): string | undefined {
  for (const name of ['ApplicationLogLevel', 'LogFormat', 'SystemLogLevel']) logging?.optionalString(name);
  return logging?.optionalString('LogGroup');
}

function readRuntime(properties: PropertyReader): string {
  const runtime = properties.string('Runtime');
  if (runtime !== '' && !runtime.startsWith('nodejs')) {
    properties.unsupported('Runtime', `Only \`nodejs\` runtimes are supported, found \`${runtime}\``);
  }
  return runtime;
}

interface Code {
  readonly directory: string;
  /** The text to be written there first. */
  readonly inline?: string;
}

function planCode(code: PropertyReader | undefined, context: ResourceContext): Code {
  if (code === undefined) return { directory: '' };
  if (!code.has('ZipFile')) return planAsset(code.string('S3Bucket'), code.string('S3Key'), context);
  const inline = code.string('ZipFile');
  const { inlineCodeDirectory, environment, stackName, logicalId } = context;
  return {
    directory: join(inlineCodeDirectory, environment.accountId, environment.region, stackName, logicalId),
    inline,
  };
}

function planAsset(bucketName: string, objectKey: string, context: ResourceContext): Code {
  if (bucketName === '' || objectKey === '') return { directory: '' };
  const asset = context.asset(bucketName, objectKey);
  if (asset === undefined) {
    const message = `The stack has no asset for the key \`${objectKey}\` in the bucket \`${bucketName}\``;
    context.report('MISSING_ASSET', 'Properties.Code', message);
  } else if (asset.kind === 'missing') {
    context.report('MISSING_ASSET', 'Properties.Code', `Expected the asset folder \`${asset.sourcePath}\`, found none`);
  } else if (asset.kind === 'file' || asset.packaging !== 'zip') {
    const message = `Only asset folders are supported, found the file \`${asset.sourcePath}\``;
    context.report('UNSUPPORTED_PROPERTY', 'Properties.Code', message);
  }
  return { directory: asset?.path ?? '' };
}

/** As on Lambda the code is `index.js`; a package.json of its own keeps it out of the module type of a folder above. */
async function writeInlineCode(directory: string, code: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), '{}\n');
  await writeFile(join(directory, 'index.js'), code);
}
