const OFF = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** The SDK warns about the end of its support for Node 20 once, when the first client is made: Crossmap supports it. */
export function withoutNodeVersionWarning<T>(make: () => T): T {
  const before = process.env[OFF];
  process.env[OFF] = 'true';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[OFF];
    else process.env[OFF] = before;
  }
}
