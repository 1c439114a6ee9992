import type { Operation } from '../operation.ts';
import { pageToken, readPageToken } from '../page-token.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html */
export const listStateMachines: Operation = {
  resource: () => '*',
  async handle(parameters, { store }, { accountId, region }) {
    parameters.refuseOthers(['maxResults', 'nextToken']);
    const prefix = `arn:aws:states:${region}:${accountId}:`;
    const after = readPageToken(parameters.optionalString('nextToken'));
    const { items, next } = await store.stateMachines(prefix, parameters.maxResults(), after);
    const stateMachines = items.map(({ stateMachineArn, name, type, creationDate }) => ({
      stateMachineArn,
      name,
      type,
      creationDate: creationDate / 1000,
    }));
    return { stateMachines, ...(next !== undefined && { nextToken: pageToken(next) }) };
  },
};
