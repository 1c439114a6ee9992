import { diagnosticText } from '../../asl/diagnostics.ts';
import { validateDefinition } from '../../asl/validate.ts';
import type { LoggingConfiguration } from '../../engine/ports.ts';
import { generatedStateMachineName } from './physical-name.ts';
import type { PropertyReader, StringRule } from './property-reader.ts';
import type { ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
const STATE_MACHINE_NAME: StringRule = {
  pattern: /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/,
  expected: 'a state machine name (1 to 80 characters, no spaces, brackets, wildcards or special characters)',
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html */
export const STATE_MACHINE: ResourceType = {
  type: 'AWS::StepFunctions::StateMachine',
  withoutLocalMeaning: {
    Tags: 'are for cost reports and people',
    TracingConfiguration: 'X-Ray traces are not kept',
  },
  plan(properties, context) {
    const { accountId, region } = context.environment;
    const name =
      properties.optionalString('StateMachineName', STATE_MACHINE_NAME) ?? generatedStateMachineName(context);
    const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
    const type = properties.oneOf('StateMachineType', ['STANDARD', 'EXPRESS']) ?? 'STANDARD';
    const logging = properties.optionalObject('LoggingConfiguration');
    const stateMachine = {
      stateMachineArn,
      name,
      accountId,
      region,
      roleArn: properties.string('RoleArn'),
      definition: readDefinition(properties, type, context.routed),
      type,
      ...(logging && { loggingConfiguration: readLogging(logging) }),
    } as const;
    properties.optionalObject('EncryptionConfiguration')?.oneOf('Type', ['AWS_OWNED_KEY']);
    return {
      ref: stateMachineArn,
      attributes: { Arn: stateMachineArn, Name: name },
      deploy: (deployment) => deployment.createStateMachine(stateMachine),
    };
  },
};

function readLogging(properties: PropertyReader): LoggingConfiguration {
  const destinations = properties.objects('Destinations').map((destination) => {
    const logGroupArn = destination.object('CloudWatchLogsLogGroup')?.string('LogGroupArn') ?? '';
    return { cloudWatchLogsLogGroup: { logGroupArn } };
  });
  return {
    level: properties.oneOf('Level', ['ALL', 'ERROR', 'FATAL', 'OFF']) ?? 'OFF',
    includeExecutionData: properties.boolean('IncludeExecutionData', false),
    ...(properties.has('Destinations') && { destinations }),
  };
}

function readDefinition(properties: PropertyReader, type: 'STANDARD' | 'EXPRESS', routed: ReadonlySet<string>): string {
  const property = properties.has('Definition') ? 'Definition' : 'DefinitionString';
  const text =
    property === 'Definition' ? JSON.stringify(properties.optionalJson(property)) : properties.string(property);
  if (text === undefined || text === '') return '';
  const definition = substitute(text, properties.stringMap('DefinitionSubstitutions'));
  const validated = validateDefinition(definition, { type, routed });
  for (const diagnostic of validated.ok ? [] : validated.diagnostics) {
    properties.report('INVALID_DEFINITION', property, diagnosticText(diagnostic));
  }
  return definition;
}

/** `${name}` in the definition becomes the text given for the name; other placeholders stay. */
function substitute(definition: string, substitutions: Readonly<Record<string, string>>): string {
  return definition.replace(/\$\{([^}]*)\}/g, (placeholder, name: string) =>
    Object.hasOwn(substitutions, name) ? (substitutions[name] as string) : placeholder,
  );
}
