import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import type { Work } from '../work.ts';
import { enterChoice } from './choice.ts';
import { enterFail } from './fail.ts';
import { enterMap } from './map.ts';
import { enterParallel } from './parallel.ts';
import { enterPass } from './pass.ts';
import { enterSucceed } from './succeed.ts';
import { enterTask } from './task.ts';
import { enterWait } from './wait.ts';

/** Lets the state do what it does when it is entered or tried again. Rejects with what the language throws. */
export function enterState(state: CompiledState, advancement: Advancement): Promise<Work> {
  switch (state.type) {
    case 'Pass':
      return enterPass(state, advancement);
    case 'Task':
      return enterTask(state, advancement);
    case 'Choice':
      return enterChoice(state, advancement);
    case 'Wait':
      return enterWait(state, advancement);
    case 'Parallel':
      return enterParallel(state, advancement);
    case 'Map':
      return enterMap(state, advancement);
    case 'Succeed':
      return enterSucceed(state, advancement);
    case 'Fail':
      return enterFail(state, advancement);
  }
}
