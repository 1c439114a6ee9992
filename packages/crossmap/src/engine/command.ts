import type { Json } from '../asl/json.ts';
import type { MapRunPlan } from './map-run-plan.ts';
import type { TaskIntegration } from './ports.ts';

/** What the shell is to do once the events are durable. Its end comes back as an occurrence with the same event id. */
export type Command =
  | {
      readonly kind: 'run-task';
      readonly scheduledEventId: number;
      readonly integration: TaskIntegration;
      readonly parameters: Json;
    }
  | { readonly kind: 'await-retry'; readonly failedEventId: number; readonly dueAt: number }
  | {
      readonly kind: 'start-map-run';
      readonly startedEventId: number;
      readonly mapRunArn: string;
      readonly plan: MapRunPlan;
    };
