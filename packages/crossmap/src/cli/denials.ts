/** A request that the embedded accounts denied, as `GET /_crossmap/denials` shows it; `time` is that of the last one. */
export interface Denial {
  readonly time: string | number;
  readonly principalArn: string;
  readonly action: string;
  readonly resource: string;
  readonly explanation: string;
  readonly count: number;
}

/** Answers undefined where the endpoint has no such path, which is AWS's own answer too. */
export type DenialsSince = (endpoint: string, since: Date) => Promise<readonly Denial[] | undefined>;

/** Only the embedded accounts know their denials, and they listen on this machine only. */
export function isLoopback(endpoint: string | undefined): endpoint is string {
  if (endpoint === undefined || !URL.canParse(endpoint)) return false;
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(endpoint).hostname);
}

export const denialsSince: DenialsSince = async (endpoint, since) => {
  const answer = await fetch(new URL('/_crossmap/denials', endpoint), { signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) return undefined;
  const { denials = [] }: { denials?: readonly Denial[] } = JSON.parse(await answer.text());
  return denials.filter(({ time }) => new Date(time).getTime() >= since.getTime());
};
