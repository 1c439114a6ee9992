import dns from 'node:dns';

const PREFIXED = /^[a-z]+-(127\.0\.0\.1)$/;

/**
 * The AWS SDK for JavaScript puts `sync-` before the host of the endpoint of StartSyncExecution and TestState, before an
 * IP address too, and reads no variable that would turn this off. Here such a host is this machine.
 */
export function resolvePrefixedHosts(): void {
  dns.lookup = new Proxy(dns.lookup, {
    apply: (lookup, self, [hostname, ...others]) =>
      Reflect.apply(lookup, self, [PREFIXED.exec(String(hostname))?.[1] ?? hostname, ...others]),
  });
}
