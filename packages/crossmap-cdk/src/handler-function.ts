import * as path from 'node:path';
import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface HandlerFunctionProps {
  /** Folder of the bundled handler under `lib/handlers`. */
  readonly handler: string;
  readonly description: string;
  readonly roleName?: string;
  readonly timeout?: Duration;
  readonly removalPolicy: RemovalPolicy;
  readonly environment: Record<string, string>;
}

/** One of our own Lambda functions with its log group and a role that may write that log and nothing else. */
export class HandlerFunction extends Construct {
  readonly role: iam.Role;
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Log', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy,
    });
    this.role = new iam.Role(this, 'Role', {
      roleName: props.roleName,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(this.role);
    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'handlers', props.handler)),
      role: this.role,
      logGroup,
      memorySize: 1024,
      timeout: props.timeout ?? Duration.minutes(15),
      environment: props.environment,
    });
  }
}
