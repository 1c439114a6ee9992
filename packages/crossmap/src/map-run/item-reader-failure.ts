/** Why items could not be read. The Map Run ends with States.ItemReaderFailed and this message as its cause. */
export class ItemReaderFailure extends Error {}
