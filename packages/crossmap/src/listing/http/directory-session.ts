import type { Endpoint } from './bucket-endpoint.ts';
import type { Connections } from './connections.ts';
import type { CredentialProvider, ExpiringCredentials } from './credentials.ts';
import { connectionError, errorAnswer, errorReader, listingError } from './error-answer.ts';
import { Signer } from './sigv4.ts';
import { textOf } from './xml-text.ts';

/**
 * Credentials for a directory bucket: those of a session of five minutes, which CreateSession gives for the user's own.
 * The user needs `s3express:CreateSession`. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html
 */
export function directorySession(
  endpoint: Endpoint,
  region: string,
  own: CredentialProvider,
  connections: Connections,
  now: () => number,
): CredentialProvider {
  const signer = new Signer(region, 's3express');
  return async () => {
    const credentials = await own();
    if (credentials === undefined) return undefined;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const { host, path } = endpoint;
    const headers = {
      'x-amz-create-session-mode': 'ReadOnly',
      ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    };
    const signed = signer.sign(
      { host, path, query: 'session=', headers },
      { accessKeyId, secretAccessKey },
      new Date(now()),
    );
    const {
      status,
      headers: answered,
      body,
    } = await connections.get(endpoint, `${path}?session=`, signed, errorReader).catch((error: unknown) => {
      throw connectionError(error);
    });
    if (status !== 200) throw listingError(status, errorAnswer(status, answered, body));
    return sessionOf(body);
  };
}

function sessionOf(xml: string): ExpiringCredentials {
  const element = (name: string) => textOf(new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '');
  return {
    accessKeyId: element('AccessKeyId'),
    secretAccessKey: element('SecretAccessKey'),
    sessionToken: element('SessionToken'),
    expiration: new Date(element('Expiration')),
  };
}
