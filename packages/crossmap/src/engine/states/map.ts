import { dataLimitExceeded, failureOf } from '../../asl/data-flow.ts';
import { type Json, MAX_PAYLOAD_BYTES } from '../../asl/json.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { CompiledMap, CompiledReader } from '../../asl/map-fields.ts';
import type { Field, Scope } from '../../asl/scope.ts';
import { uuid } from '../../asl/uuid.ts';
import type { Advancement } from '../advancement.ts';
import { itemScope } from '../context-object.ts';
import { exitWith } from '../exit.ts';
import { mapLabel } from '../map-label.ts';
import { type MapRunPlan, type ResultFormat, SelectionFailed, wholeItem } from '../map-run-plan.ts';
import type { MapRunOutcome } from '../occurrence.ts';
import type { Work } from '../work.ts';
import { enterInlineMap } from './inline-map.ts';
import { datasetOf, stateData, stringParameter } from './item-source.ts';

type MapState = Extract<CompiledState, { type: 'Map' }>;

/**
 * Evaluates what the Map state says, in AWS's order: MaxConcurrency before MapStateStarted, everything else between it
 * and MapRunStarted (observed: a bad path of the first kind leaves no MapStateStarted in the history).
 */
export async function enterMap(state: MapState, advancement: Advancement): Promise<Work> {
  if (state.mode === 'INLINE') return enterInlineMap(state, advancement);
  const plan = await distributedMapPlan(state, advancement, (length) =>
    advancement.emit('MapStateStarted', { length }),
  );
  const mapRunArn = newMapRunArn(plan.label, advancement);
  const eventId = advancement.emit('MapRunStarted', { mapRunArn });
  advancement.commands.push({ kind: 'start-map-run', eventId, mapRunArn, plan });
  return { kind: 'waiting' };
}

/** What a state of mode DISTRIBUTED says of its Map Run. `started` is told how many items there are in the state's own input, else 0. */
export async function distributedMapPlan(
  state: MapState,
  advancement: Advancement,
  started: (length: number) => void = () => {},
): Promise<MapRunPlan> {
  const { map } = state;
  const { scope } = advancement;
  const input = state.flow.input(advancement.state.raw, scope);
  const maxConcurrency = (await map.maxConcurrency(input, scope)) ?? 0;
  const items = map.reader === undefined ? await stateData(map, input, scope) : undefined;
  started(items === undefined ? 0 : Object.keys(items.items).length);
  return {
    label: map.label,
    source: items ?? (await datasetOf(map.reader as CompiledReader, input, scope)),
    selectItem: map.itemSelector === undefined ? wholeItem : selection(map.itemSelector, input, advancement, state),
    batch: await batchOf(map, input, scope),
    maxConcurrency,
    tolerance: await map.tolerance(input, scope),
    resultWriter: await resultWriterOf(map, input, scope),
    resultFormat: resultFormatOf(map),
    expressChildren: map.expressChildren,
    processor: state.processor,
  };
}

function selection(
  select: Field,
  input: Json,
  { scope, state: { enteredEventId } }: Advancement,
  state: MapState,
): MapRunPlan['selectItem'] {
  return async (item) => {
    try {
      return await select(input, itemScope(scope, item));
    } catch (thrown) {
      const { error, cause } = failureOf(thrown, state, enteredEventId);
      throw new SelectionFailed({ error, cause });
    }
  };
}

function newMapRunArn(label: string | undefined, advancement: Advancement): string {
  const { region, accountId, stateMachineArn, stateMachineName } = advancement.execution.header;
  const partition = stateMachineArn.split(':')[1] ?? 'aws';
  const named = mapLabel(label, stateMachineArn, advancement.state.name);
  const id = uuid(() => advancement.random());
  return `arn:${partition}:states:${region}:${accountId}:mapRun:${stateMachineName}/${named}:${id}`;
}

async function batchOf(map: CompiledMap, input: Json, scope: Scope): Promise<MapRunPlan['batch']> {
  if (map.batcher === undefined) return undefined;
  const maxItems = (await map.batcher.maxItemsPerBatch(input, scope)) ?? Number.POSITIVE_INFINITY;
  const maxBytes = (await map.batcher.maxInputBytesPerBatch(input, scope)) ?? MAX_PAYLOAD_BYTES;
  return {
    maxItems,
    maxBytes: Math.min(maxBytes, MAX_PAYLOAD_BYTES),
    input: await map.batcher.batchInput?.(input, scope),
  };
}

async function resultWriterOf(map: CompiledMap, input: Json, scope: Scope): Promise<MapRunPlan['resultWriter']> {
  if (map.resultWriter === undefined) return undefined;
  const parameters = (await map.resultWriter.parameters(input, scope)) as { readonly [key: string]: Json };
  const text = (name: string) => stringParameter(parameters, name, 'ResultWriter');
  return {
    bucket: text('Bucket'),
    prefix: parameters.Prefix === undefined ? '' : text('Prefix'),
    ...(parameters.ExpectedBucketOwner !== undefined && { expectedBucketOwner: text('ExpectedBucketOwner') }),
  };
}

/** What is not declared is as it is without WriterConfig: records in S3, outputs in the output of the state. */
function resultFormatOf({ resultWriter, writerConfig }: CompiledMap): ResultFormat {
  return {
    transformation: writerConfig.Transformation ?? (resultWriter === undefined ? 'COMPACT' : 'NONE'),
    outputType: writerConfig.OutputType ?? 'JSON',
  };
}

export async function endMapRun(state: MapState, advancement: Advancement, outcome: MapRunOutcome): Promise<Work> {
  const { waiting } = advancement.state;
  const { path } = advancement;
  const mapRunStarted = waiting?.eventId ?? 0;
  if (outcome.kind === 'failed') {
    const { failure } = outcome;
    advancement.emit('MapRunFailed', failure, { previous: mapRunStarted });
    const event = (retry: { readonly retrier: number; readonly dueAt: number } | undefined) =>
      advancement.emit('MapStateFailed', {}, retry && { hidden: { retry: { flow: path, ...retry } } });
    return { kind: 'failed', failure, event };
  }
  advancement.emit('MapRunSucceeded', {}, { previous: mapRunStarted });
  advancement.emit('MapStateSucceeded', {});
  if (outcome.kind === 'result-too-large') {
    return { kind: 'failed', failure: dataLimitExceeded(state.name), final: true };
  }
  return exitWith(state, advancement, outcome.output, {
    next: state.next,
    assign: state.assign,
    previous: mapRunStarted,
  });
}
