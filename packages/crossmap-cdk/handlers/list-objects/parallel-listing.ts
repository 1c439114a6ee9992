import { s3Pages } from 'crossmap-listing/http/s3-pages.ts';
import { Lister } from 'crossmap-listing/lister.ts';
import type { ObjectPage } from 'crossmap-listing/page.ts';
import type { ListedObject, ListSource } from './bucket-listing.ts';

/** AWS allows 5,500 requests a second for a prefix; these are some 800. */
const SLOTS = 64;

/**
 * Lists with Crossmap's parallel lister, which is bundled into the function. Credentials are those of the function,
 * from its environment; so is the endpoint where it runs in embedded accounts.
 */
export const listInParallel: ListSource = async (source, prefix, take) => {
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  const pages = s3Pages({
    bucket: source.name,
    prefix,
    fields: 'all',
    region: source.region,
    // Functions read the objects there, too.
    inThisRegion: true,
    endpoint,
    expectedBucketOwner: source.account,
    credentials: async () => ({
      accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
      sessionToken: process.env.AWS_SESSION_TOKEN,
    }),
    now: Date.now,
  });
  const options = {
    prefix,
    slots: SLOTS,
    partitioned: true,
    checkStartAfter: endpoint !== undefined,
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    chance: Math.random,
  };
  try {
    await new Lister(pages.listPage, options, (page, count) => take(listedObjects(page, count))).run();
  } finally {
    pages.close();
  }
};

function listedObjects({ keys, columns }: ObjectPage, count: number): ListedObject[] {
  return keys.slice(0, count).map((Key, i) => {
    const [ETag, LastModified] = [columns?.etags[i], columns?.lastModified[i]];
    return {
      Key,
      Size: columns?.sizes[i] ?? 0,
      ...(ETag !== undefined && { ETag }),
      ...(LastModified !== undefined && { LastModified }),
    };
  });
}
