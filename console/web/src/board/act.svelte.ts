import { asProblem, Problem } from '../wire/api';
import { desk } from './desk.svelte';

/** One button's or form's conversation with the server: busy, or refused in words, or done. */
export class Act {
  busy = $state(false);
  problem = $state.raw<Problem | undefined>(undefined);

  /** Runs one command at a time; true when it was accepted. */
  async run(work: () => Promise<unknown>, said?: string): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await work();
      if (said) desk.say(said);
      return true;
    } catch (e) {
      this.problem = asProblem(e);
      desk.say(`Refused: ${this.problem.message}`, true);
      return false;
    } finally {
      this.busy = false;
    }
  }

  clear(): void { this.problem = undefined; }
}
