/** What the server makes of a line of the command line. The grammar is its own: package command. */
import type { Panel } from '../board/desk.svelte';

export interface LineReading {
  tone: 'idle' | 'more' | 'wrong' | 'ready';
  say: string;
  /** how many commands it gives; 0: it only shows something */
  does: number;
  panel?: Panel | 'why';
  incident?: string;
  /** the line that takes it back; {id} in it stands for the first of the ids that carrying it out answers */
  undo?: string;
  /** the line as Tab would complete it */
  complete: string;
}

export interface Line {
  line: string;
  selected?: string;
  /** ids of the hazards that were shown and read */
  hazards?: string[];
  /** the meaning that was shown: carried out only if it is still that */
  say?: string;
}
