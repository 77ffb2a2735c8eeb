/** What the command line is made of: references, readings, and the sorting of words. */

export interface CallRef { id: string; number: number; label: string }
export interface StatusRef { code: string; short: string; name: string }
export interface CodeRef { code: string; name: string }
export interface CommandContext {
  /** the unit's exact call sign, or undefined */
  unit(sign: string): string | undefined;
  /** call signs that begin so, best first */
  unitsLike(prefix: string): string[];
  /** an open call */
  call(number: number): CallRef | undefined;
  /** a call that was closed and can be reopened */
  closed(number: number): CallRef | undefined;
  /** the call selected on the board */
  selected?: CallRef;
  statuses: StatusRef[];
  dispositions: CodeRef[];
  /** desks that take calls instead of a unit */
  desks: CodeRef[];
  /** postures that wait to be declared, in the order of their digits */
  presets: CodeRef[];
}

export type Command =
  | { do: 'dispatch'; units: string[]; call: CallRef; stacked: boolean; reason?: string }
  | { do: 'status'; units: string[]; status: string }
  | { do: 'hold'; call: CallRef; minutes?: number; reason?: string }
  | { do: 'divert'; call: CallRef; desk: string; words?: string; reason?: string }
  | { do: 'appoint'; call: CallRef; at: string; desk?: string; words?: string; reason?: string }
  | { do: 'decline'; call: CallRef; words?: string; reason?: string }
  | { do: 'resume' | 'give_back' | 'reopen'; call: CallRef; reason: string }
  | { do: 'transfer'; call: CallRef; to: string; reason: string }
  | { do: 'join'; call: CallRef; into: CallRef; reason: string }
  | { do: 'ring'; call: CallRef; reached: 'reached' | 'not_reached' | 'unsafe'; minutes?: number; words?: string }
  | { do: 'close'; call: CallRef; disposition: string }
  | { do: 'select' | 'why'; call: CallRef }
  | { do: 'note'; call: CallRef; text: string }
  | { do: 'preset'; preset: string; reason?: string }
  | { do: 'open'; panel: 'call' | 'sweep' | 'ring' | 'desks' | 'clear' | 'stations' | 'liaison' };

export interface Reading {
  /** what Enter would do; undefined while the line is incomplete or wrong */
  command?: Command;
  /** the meaning, or what is missing, in words */
  say: string;
  tone: 'idle' | 'ready' | 'more' | 'wrong';
}

export const wrong = (say: string): Reading => ({ say, tone: 'wrong' });
export const more = (say: string): Reading => ({ say, tone: 'more' });
export const ready = (command: Command, say: string): Reading => ({ command, say, tone: 'ready' });

export interface Words { units: string[]; call?: CallRef; numbers: number[]; /** every number, in the order typed */ typed: number[]; rest: string[] }

/** Sorts the words after the verb: call signs, the first number that is an open call, other numbers, other words. */
export function sortWords(words: string[], ctx: CommandContext): Words {
  const out: Words = { units: [], numbers: [], typed: [], rest: [] };
  for (const w of words) {
    const unit = ctx.unit(w);
    if (unit) { if (!out.units.includes(unit)) out.units.push(unit); continue; }
    if (/^#?\d{1,9}$/.test(w)) {
      const n = Number(w.replace('#', ''));
      out.typed.push(n);
      const call = out.call ? undefined : ctx.call(n);
      if (call) out.call = call; else out.numbers.push(n);
      continue;
    }
    out.rest.push(w);
  }
  return out;
}

export const named = (c: CallRef): string => `${c.number} ${c.label}`;
/** how a call that was not typed shows in the read-back */
export const selectedMark = (w: Words): string => (w.call ? '' : ' (selected)');
export const quoted = (text: string | undefined): string => (text ? `: “${text}”` : '');

export function unknown(w: Words): Reading | undefined {
  const bad = [...w.rest, ...w.numbers.map(String)];
  return bad.length ? wrong(`Not a unit or an open call: ${bad.join(', ')}`) : undefined;
}

export const PROMISE_MAX_MIN = 24 * 60;
export const promiseWrong = (min: number | undefined): Reading | undefined => (min !== undefined && (min < 1 || min > PROMISE_MAX_MIN) ? wrong(`A promise is 1 to ${PROMISE_MAX_MIN} minutes, not ${min}.`) : undefined);

/** The one code that is meant: exactly, or by three letters or more that begin only it, or begin only one word of a name. */
export function codeOf(word: string, codes: CodeRef[]): { hit?: CodeRef; near: CodeRef[] } {
  const exact = codes.find((d) => d.code.toUpperCase() === word);
  if (exact) return { hit: exact, near: [exact] };
  const near = codes.filter((d) => d.code.toUpperCase().startsWith(word) || d.code.toUpperCase().split(/[_-]/).some((x) => x.startsWith(word)));
  return { hit: near.length === 1 && word.length >= 3 ? near[0] : undefined, near };
}
