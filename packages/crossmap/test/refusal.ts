import assert from 'node:assert/strict';

/** The error that a call is refused with: its name, its message and, where it has one, its reason. */
export async function refusal(call: Promise<unknown>): Promise<{ name: string; message: string; reason?: string }> {
  const error = await call.then(
    () => assert.fail('expected a refusal'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Error);
  const { name, message, reason } = error as Error & { reason?: string };
  return { name, message, ...(reason !== undefined && { reason }) };
}
