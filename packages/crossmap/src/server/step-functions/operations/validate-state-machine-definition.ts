import type { Diagnostic } from '../../../asl/diagnostics.ts';
import type { JsonObject } from '../../../asl/json.ts';
import { diagnose } from '../../../asl/validate.ts';
import type { Operation } from '../operation.ts';
import { invalid } from '../parameters.ts';

const MAX_DIAGNOSTICS = 100;
const MAX_DEFINITION = 1_048_576;

/**
 * AWS's verdict: what this engine refuses, though AWS runs it, is for CreateStateMachine to say.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
 */
export const validateStateMachineDefinition: Operation = {
  resource: (_, { accountId, region }) => `arn:aws:states:${region}:${accountId}:stateMachine:*`,
  async handle(parameters) {
    parameters.refuseOthers(['definition', 'type', 'severity', 'maxResults']);
    const definition = parameters.string('definition');
    if (definition.length === 0 || definition.length > MAX_DEFINITION) {
      const bound = definition.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MAX_DEFINITION}`;
      throw invalid(`Value at 'definition' failed to satisfy constraint: Member must have length ${bound}`);
    }
    const type = parameters.oneOf('type', ['STANDARD', 'EXPRESS']) ?? 'STANDARD';
    const severity = parameters.oneOf('severity', ['ERROR', 'WARNING']) ?? 'ERROR';
    const most = parameters.maxResults(MAX_DIAGNOSTICS);
    const { errors, warnings } = diagnose(definition, { type });
    const diagnostics = severity === 'ERROR' ? errors : [...errors, ...warnings];
    return {
      result: errors.length === 0 ? 'OK' : 'FAIL',
      diagnostics: diagnostics.slice(0, most).map(view),
      truncated: diagnostics.length > most,
    };
  },
};

function view({ severity, code, message, location }: Diagnostic): JsonObject {
  return { severity, code, message, ...(location !== undefined && { location }) };
}
