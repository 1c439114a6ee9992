import assert from 'node:assert/strict';
import { S3ServiceException } from '@aws-sdk/client-s3';

/** For `assert.rejects`: the code and status S3 refuses with, and what its text says. */
export function refusal(name: string, status: number, message?: RegExp) {
  return (error: unknown): true => {
    assert.ok(error instanceof S3ServiceException, String(error));
    assert.deepEqual({ name: error.name, status: error.$metadata.httpStatusCode }, { name, status });
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}
