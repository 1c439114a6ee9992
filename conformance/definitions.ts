import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './case.ts';

/** One entry of `definitions/index.json`. */
interface Judged {
  readonly file: string;
  readonly verdict: 'valid' | 'invalid';
  /** Whose verdict. */
  readonly by: string;
  readonly type?: 'EXPRESS';
}

/** The verdicts that AWS's own outranks, and what AWS's is. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'invalid/asl-validator__invalid-cfn-definition-substitutions.json': 'its `${` is for a deployment to fill in',
  'invalid/asl-validator__invalid-json-surround-syntax-extra-spaces.json': 'space within the delimiters is free',
  'invalid/asl-validator__invalid-jsonata-surround-syntax-no-spaces.json': 'space within the delimiters is free',
  'invalid/asl-validator__invalid-math-add.json': 'types of arguments are looked at when a call is evaluated',
  'valid/asl-validator__valid-assign.asl.json': 'a variable is a Unicode identifier, which `top-level` is not',
  'valid/asl-validator__valid-map-with-item-batcher-jsonata.json': 'a JSONata machine has no JSONPath state (recorded)',
  'valid/asl-validator__valid-path-array-context.json': 'JsonPath of Jayway has no expressions in parentheses',
  'valid/asl-validator__valid-task-credentials.json': 'Credentials need RoleArn (recorded)',
  'valid/asl-validator__valid-task-intrisic-function.json': 'its Resources are intrinsic functions of CloudFormation',
  'valid/sfn-workflows__shared-fallback-state-jsonata__statemachine.asl.json':
    'its QueryLanguage stands among the states',
  'valid/statelint__succeed-with-comment-in-catcher.json': 'lambda:invoke needs FunctionName',
  'valid/statelint__task-with-credentials.json': 'Credentials need RoleArn (recorded)',
};

/** Whether the folder is one of definitions with verdicts, and not of recorded cases. */
export function holdsDefinitions(folder: string): boolean {
  return existsSync(join(folder, 'index.json')) && existsSync(join(folder, 'valid'));
}

/**
 * A case for each definition: ValidateStateMachineDefinition gives the verdict. The exceptions are an area of their own
 * and pass when the verdict is the other one.
 */
export function definitionCases(folder: string): readonly Case[] {
  const judged = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as readonly Judged[];
  return judged.map((each) => {
    const excepted = Object.hasOwn(EXCEPTIONS, each.file);
    const accepted = (each.verdict === 'valid') !== excepted;
    const text = readFileSync(join(folder, each.file), 'utf8');
    return {
      id: each.file,
      area: excepted ? 'exceptions' : each.verdict,
      tier: 1,
      flow: 'operations',
      definition: each.by.includes('AWS CreateStateMachine') ? text : deployed(text),
      operations: [
        {
          id: 'op1',
          service: 'stepfunctions',
          action: 'ValidateStateMachineDefinition',
          params: { definition: '${definition}', type: each.type ?? 'STANDARD' },
        },
        { match: 'result', value: { $ref: 'op1.result' } },
      ],
      expected: { result: accepted ? 'OK' : 'FAIL' },
    };
  });
}

/** The text with what a deployment fills in. Linters look at no Resource: one that is no ARN becomes one of a function. */
function deployed(text: string): string {
  return text
    .replace(/("Resource"\s*:\s*)"(?!arn:aws:)[^"]*"/g, '$1"arn:aws:lambda:us-east-1:111111111111:function:f"')
    .replace(/\$\{[^}]*\}/g, '111111111111');
}
