import { ListingError, type ListPage, type ObjectPage, type PageRequest } from '../page.ts';
import { type Endpoint, endpointOf } from './bucket-endpoint.ts';
import { type Answer, Connections } from './connections.ts';
import { type CredentialProvider, Credentials, type ExpiringCredentials } from './credentials.ts';
import { directorySession } from './directory-session.ts';
import { connectionError, errorAnswer, errorReader, listingError } from './error-answer.ts';
import { type Fields, PageScan } from './page-scan.ts';
import { encodeQuery, Signer } from './sigv4.ts';

export interface S3PagesOptions {
  readonly bucket: string;
  readonly prefix: string;
  readonly fields: Fields;
  readonly credentials: CredentialProvider;
  /** Where the bucket is thought to be: a wrong one is put right by the first answer, unless it must be there. */
  readonly region: string;
  readonly inThisRegion?: boolean;
  readonly endpoint?: string | undefined;
  readonly requesterPays?: boolean;
  /** Id of the account that must own the bucket. */
  readonly expectedBucketOwner?: string | undefined;
  /** Longest silence of the server. */
  readonly timeoutMs?: number;
  readonly now: () => number;
}

export interface S3Pages {
  readonly listPage: ListPage;
  /** Where the bucket is, once an answer has come. */
  region(): string;
  close(): void;
}

const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'];

/** ListObjectsV2 over HTTP: one request for each page, but for the Region of the bucket and credentials that expired. */
export function s3Pages(options: S3PagesOptions): S3Pages {
  const { bucket, prefix, fields, now } = options;
  const connections = new Connections(options.timeoutMs ?? 30_000);
  const headers = {
    'accept-encoding': 'identity',
    ...(options.requesterPays === true && { 'x-amz-request-payer': 'requester' }),
    ...(options.expectedBucketOwner !== undefined && { 'x-amz-expected-bucket-owner': options.expectedBucketOwner }),
  };
  let region = options.region;
  let place = target(region);
  const { endpoint: first } = place;
  const provider =
    first.service === 's3express'
      ? directorySession(first, region, options.credentials, connections, now)
      : options.credentials;
  const credentials = new Credentials(provider, now);

  function target(inRegion: string): { readonly endpoint: Endpoint; readonly signer: Signer } {
    const endpoint = endpointOf({ bucket, region: inRegion, endpoint: options.endpoint });
    return { endpoint, signer: new Signer(inRegion, endpoint.service) };
  }

  async function ask(query: string, used: ExpiringCredentials | undefined): Promise<Answer<ObjectPage | string>> {
    const { endpoint, signer } = place;
    const { host, path } = endpoint;
    const unsigned = { host, path, query, headers };
    const signed = used === undefined ? { ...headers, host } : signer.sign(unsigned, used, new Date(now()));
    try {
      return await connections.get<ObjectPage | string>(endpoint, `${path}?${query}`, signed, (status) =>
        status === 200 ? new PageScan(fields) : errorReader(),
      );
    } catch (error) {
      throw connectionError(error);
    }
  }

  async function listPage(request: PageRequest): Promise<ObjectPage> {
    const query = queryOf(prefix, request);
    for (let corrections = 0; ; corrections++) {
      const askedIn = region;
      const used = await credentials.get();
      const { status, headers: answered, body } = await ask(query, used);
      if (typeof body !== 'string') return body;
      const error = errorAnswer(status, answered, body);
      if (options.inThisRegion !== true && corrections < 2 && error.region !== undefined && error.region !== askedIn) {
        region = error.region;
        place = target(region);
      } else if (corrections < 2 && EXPIRED.includes(error.code)) {
        await credentials.expired(used);
      } else {
        throw status === 307 ? new ListingError('failed', error.code, error.message) : listingError(status, error);
      }
    }
  }

  return { listPage, region: () => region, close: () => connections.close() };
}

/** In the order of its names, as signatures want it. */
function queryOf(prefix: string, { startAfter, token, limit }: PageRequest): string {
  let query = token === undefined ? '' : `continuation-token=${encodeQuery(token)}&`;
  query += 'encoding-type=url&list-type=2';
  if (limit !== undefined) query += `&max-keys=${limit}`;
  if (prefix !== '') query += `&prefix=${encodeQuery(prefix)}`;
  if (startAfter !== undefined && token === undefined) query += `&start-after=${encodeQuery(startAfter)}`;
  return query;
}
