import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { validateDefinition } from '../../src/asl/validate.ts';

export function diagnosticsOf(definition: Json) {
  const validated = validateDefinition(typeof definition === 'string' ? definition : JSON.stringify(definition));
  return validated.ok ? [] : validated.diagnostics;
}

/** What is wrong, the definition, the one place it is reported at, its words, its code. */
export type Row = readonly [name: string, definition: Json, at: string, message: RegExp, code?: string];

/** One test for each row: that problem is reported, and no other. */
export function refuses(rows: readonly Row[]): void {
  for (const [name, definition, location, message, code = 'SCHEMA_VALIDATION_FAILED'] of rows) {
    test(name, () => {
      const diagnostics = diagnosticsOf(definition);
      assert.deepEqual(
        diagnostics.map((one) => `${one.severity} ${one.code} ${one.location}`),
        [`ERROR ${code} ${location}`],
        JSON.stringify(diagnostics),
      );
      assert.match(diagnostics[0]?.message ?? '', message);
    });
  }
}
