import { pageToken, readPageToken } from '../step-functions/page-token.ts';
import { groupNotFound, type LogsOperation, logGroupArn, namedLogGroup } from './operation.ts';

const EVENTS_PER_PAGE = 10_000;
const CHARACTERS_PER_PAGE = 1024 * 1024;

/**
 * Every record of a group, oldest first; a page is at most 10,000 of them or 1 MB, one record alone excepted.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export const filterLogEvents: LogsOperation = {
  resource: namedLogGroup,
  async handle(parameters, logGroups, scope) {
    parameters.refuseOthers(['logGroupName', 'nextToken']);
    const records = logGroups.records(logGroupArn(parameters.string('logGroupName'), scope));
    if (records === undefined) throw groupNotFound();
    const after = Number(readPageToken(parameters.optionalString('nextToken')) ?? '0');
    const left = records.filter(({ id }) => id > after);
    let [count, characters] = [0, 0];
    for (const { message } of left) {
      characters += message.length;
      if (count > 0 && (characters > CHARACTERS_PER_PAGE || count === EVENTS_PER_PAGE)) break;
      count += 1;
    }
    const page = left.slice(0, count);
    const last = page.at(-1);
    return {
      events: page.map(({ id, logStreamName, timestamp, message }) => ({
        logStreamName,
        timestamp,
        message,
        ingestionTime: timestamp,
        eventId: String(id).padStart(56, '0'),
      })),
      searchedLogStreams: [],
      ...(last !== undefined && left.length > count && { nextToken: pageToken(String(last.id)) }),
    };
  },
};
