import type { Case, Setup } from './case.ts';
import { perform } from './performance.ts';
import type { Stage } from './stage.ts';
import { judge, type Verdict } from './verdict.ts';

/** Opens the place where one case runs. */
export type OpenStage = (setup: Setup) => Promise<Stage>;

/** Runs one case on a stage of its own. Whatever goes wrong is a failure of the case. */
export async function runCase(each: Case, open: OpenStage): Promise<Verdict> {
  let stage: Stage | undefined;
  try {
    stage = await open(each.setup ?? {});
    return judge(each, await perform(each, stage));
  } catch (thrown) {
    return { kind: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) };
  } finally {
    await stage?.close();
  }
}
