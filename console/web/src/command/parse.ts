/**
 * The command line: a verb, then units and a call number in any order (a call is all digits, a unit is not), then an
 * optional "; words". Pure: it knows the board only through CommandContext, and says what a line means before Enter.
 */

export interface CallRef { id: string; number: number; label: string }
export interface StatusRef { code: string; short: string; name: string }
export interface CommandContext {
  /** the unit's exact call sign, or undefined */
  unit(sign: string): string | undefined;
  /** call signs that begin so, best first */
  unitsLike(prefix: string): string[];
  call(number: number): CallRef | undefined;
  /** the call selected on the board */
  selected?: CallRef;
  statuses: StatusRef[];
  dispositions: { code: string; name: string }[];
}

export type Command =
  | { do: 'dispatch'; units: string[]; call: CallRef; stacked: boolean; reason?: string }
  | { do: 'status'; units: string[]; status: string }
  | { do: 'hold'; call: CallRef; minutes?: number; reason?: string }
  | { do: 'close'; call: CallRef; disposition: string }
  | { do: 'select'; call: CallRef }
  | { do: 'note'; call: CallRef; text: string }
  | { do: 'new' }
  | { do: 'sweep' };

export interface Reading {
  /** what Enter would do; undefined while the line is incomplete or wrong */
  command?: Command;
  /** the meaning, or what is missing, in words */
  say: string;
  tone: 'idle' | 'ready' | 'more' | 'wrong';
}

interface Verb { verb: string; form: string; what: string }
const VERBS: Verb[] = [
  { verb: 'D', form: 'D unit… call', what: 'Dispatch' },
  { verb: 'H', form: 'H call minutes', what: 'Hold with a promise' },
  { verb: 'C', form: 'C call code', what: 'Close' },
  { verb: 'S', form: 'S call', what: 'Select' },
  { verb: 'NOTE', form: 'NOTE call ;words', what: 'Add a note' },
  { verb: 'N', form: 'N', what: 'New call' },
  { verb: 'SWEEP', form: 'SWEEP', what: 'Sweep' },
];
const SHORT_DEFAULTS: Record<string, string> = { AV: 'available', DP: 'dispatched', ER: 'enroute', ST: 'staged', OS: 'on_scene', TR: 'transporting', AH: 'at_hospital', OOS: 'out_of_service' };
const PROMISE_MAX_MIN = 24 * 60;

function statusOf(word: string, ctx: CommandContext): StatusRef | undefined {
  const known = ctx.statuses.find((s) => s.short.toUpperCase() === word);
  if (known) return known;
  const code = SHORT_DEFAULTS[word];
  return code ? (ctx.statuses.find((s) => s.code === code) ?? { code, short: word, name: code.replaceAll('_', ' ') }) : undefined;
}

/** Every verb with its form, for help and completion. */
export function verbs(ctx: CommandContext): Verb[] {
  const seen = new Set<string>();
  const status = [...ctx.statuses.map((s) => s.short.toUpperCase()), ...Object.keys(SHORT_DEFAULTS)].filter((w) => !seen.has(w) && seen.add(w));
  return [...VERBS, ...status.map((w) => ({ verb: w, form: `${w} unit…`, what: statusOf(w, ctx)?.name ?? w }))];
}

const wrong = (say: string): Reading => ({ say, tone: 'wrong' });
const more = (say: string): Reading => ({ say, tone: 'more' });
const ready = (command: Command, say: string): Reading => ({ command, say, tone: 'ready' });

interface Words { units: string[]; call?: CallRef; numbers: number[]; /** every number, in the order typed */ typed: number[]; rest: string[] }

/** Sorts the words after the verb: call signs, the first number that is an open call, other numbers, other words. */
function sortWords(words: string[], ctx: CommandContext): Words {
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

const named = (c: CallRef): string => `${c.number} ${c.label}`;

export function parse(line: string, ctx: CommandContext): Reading {
  const cut = line.indexOf(';');
  const head = cut < 0 ? line : line.slice(0, cut);
  const text = cut < 0 ? undefined : line.slice(cut + 1).trim() || undefined;
  const words = head.trim().toUpperCase().split(/[\s,]+/).filter(Boolean);
  const verb = words[0];
  if (!verb) return { say: '', tone: 'idle' };
  if (verb === '?') return more(VERBS.map((v) => v.form).join('   ') + '   ER·OS·AV·TR·OOS unit…');
  const w = sortWords(words.slice(1), ctx);
  switch (verb) {
    case 'D': return dispatch(w, text, ctx);
    case 'H': return hold(w, text, ctx);
    case 'C': return close(w, ctx);
    case 'S': return select(w, ctx);
    case 'NOTE': return note(w, text, ctx);
    case 'N': return words.length > 1 ? wrong('N opens a new call; it takes nothing after it.') : ready({ do: 'new' }, 'New call');
    case 'SWEEP': return ready({ do: 'sweep' }, 'Open the sweep');
  }
  const status = statusOf(verb, ctx);
  if (status) return setStatus(w, status);
  const near = verbs(ctx).filter((v) => v.verb.startsWith(verb));
  if (near.length) return more(near.map((v) => `${v.verb} ${v.what}`).join('   '));
  return wrong(`“${verb}” is not a command. ? lists them.`);
}

function unknown(w: Words): Reading | undefined {
  const bad = [...w.rest, ...w.numbers.map(String)];
  return bad.length ? wrong(`Not a unit or an open call: ${bad.join(', ')}`) : undefined;
}

function dispatch(w: Words, reason: string | undefined, ctx: CommandContext): Reading {
  const stacked = w.rest.includes('STACK') || w.rest.includes('+');
  w.rest = w.rest.filter((x) => x !== 'STACK' && x !== '+');
  const bad = unknown(w);
  if (bad) return bad;
  const call = w.call ?? ctx.selected;
  if (!w.units.length) return more(`Dispatch which unit${call ? ` to ${named(call)}` : ''}?`);
  if (!call) return more(`Dispatch ${w.units.join(' + ')} to which call?`);
  return ready({ do: 'dispatch', units: w.units, call, stacked, reason }, `${stacked ? 'Stack' : 'Dispatch'} ${w.units.join(' + ')} → ${named(call)}${w.call ? '' : ' (selected)'}${reason ? ` — “${reason}”` : ''}`);
}

function setStatus(w: Words, s: StatusRef): Reading {
  if (w.call) w.numbers.unshift(w.call.number);
  const bad = unknown(w);
  if (bad) return bad;
  if (!w.units.length) return more(`${s.name}: which unit?`);
  return ready({ do: 'status', units: w.units, status: s.code }, `${w.units.join(' + ')}: ${s.name.toLowerCase()}`);
}

function hold(w: Words, reason: string | undefined, ctx: CommandContext): Reading {
  if (w.units.length || w.rest.length) return wrong(`Hold takes a call and minutes, not ${[...w.units, ...w.rest].join(', ')}.`);
  // Here the order counts, since both are numbers: the call, then the minutes. One number alone is a call if one is open under it.
  const [first, second] = w.typed;
  if (w.typed.length > 2) return wrong(`Hold takes a call and minutes, not ${w.typed.join(', ')}.`);
  const named1 = first === undefined ? undefined : ctx.call(first);
  if (second !== undefined && !named1) return wrong(`Not an open call: ${first}`);
  const call = named1 ?? ctx.selected;
  if (!call) return more(first === undefined ? 'Hold which call, for how many minutes?' : `Hold which call for ${first} minutes?`);
  const min = named1 ? second : first;
  if (min !== undefined && (min < 1 || min > PROMISE_MAX_MIN)) return wrong(`A promise is 1 to ${PROMISE_MAX_MIN} minutes, not ${min}.`);
  const tail = reason ? ` — “${reason}”` : '';
  if (min === undefined) return { command: { do: 'hold', call, reason }, say: `Hold ${named(call)}, no promise (add minutes to promise a call-back)${tail}`, tone: 'ready' };
  return ready({ do: 'hold', call, minutes: min, reason }, `Hold ${named(call)}, promise within ${min} min${tail}`);
}

function close(w: Words, ctx: CommandContext): Reading {
  if (w.units.length) return wrong(`Close takes a call and a code, not ${w.units.join(', ')}.`);
  if (w.numbers.length) return wrong(`Not an open call: ${w.numbers.join(', ')}`);
  const call = w.call ?? ctx.selected;
  if (!call) return more('Close which call, with which code?');
  const code = w.rest[0];
  const codes = ctx.dispositions;
  const list = codes.map((d) => d.code.toUpperCase()).join(' ');
  if (!code) return more(`Close ${named(call)} as: ${list}`);
  if (w.rest.length > 1) return wrong(`One code, not ${w.rest.join(' ')}.`);
  const near = codes.filter((d) => d.code.toUpperCase().startsWith(code));
  const hit = codes.find((d) => d.code.toUpperCase() === code) ?? (near.length === 1 && code.length >= 3 ? near[0] : undefined);
  if (!hit) {
    return near.length ? more(near.map((d) => `${d.code.toUpperCase()} ${d.name}`).join('   ')) : wrong(`“${code}” is not a closing code: ${list}`);
  }
  return ready({ do: 'close', call, disposition: hit.code }, `Close ${named(call)}: ${hit.name}${w.call ? '' : ' (selected)'}`);
}

function select(w: Words, _ctx: CommandContext): Reading {
  if (w.units.length || w.rest.length) return wrong(`Select takes a call number, not ${[...w.units, ...w.rest].join(', ')}.`);
  if (w.numbers.length) return wrong(`Not an open call: ${w.numbers.join(', ')}`);
  return w.call ? ready({ do: 'select', call: w.call }, `Select ${named(w.call)}`) : more('Select which call?');
}

function note(w: Words, text: string | undefined, ctx: CommandContext): Reading {
  const bad = unknown(w) ?? (w.units.length ? wrong(`A note belongs to a call, not to ${w.units.join(', ')}.`) : undefined);
  if (bad) return bad;
  const call = w.call ?? ctx.selected;
  if (!call) return more('Note on which call?');
  return text ? ready({ do: 'note', call, text }, `Note on ${named(call)}: “${text}”`) : more(`Note on ${named(call)}: type ; and the words`);
}

/** What Tab makes of the line: the last word completed to the first fitting verb, code or call sign. The same line if nothing fits. */
export function complete(line: string, ctx: CommandContext): string {
  if (line.includes(';') || /\s$/.test(line)) return line;
  const words = line.split(/(\s+)/);
  const last = (words.at(-1) ?? '').toUpperCase();
  if (!last) return line;
  const lead = words.slice(0, -1).join('');
  if (!lead.trim()) {
    const v = verbs(ctx).find((x) => x.verb.startsWith(last));
    return v ? v.verb + ' ' : line;
  }
  const verb = line.trim().split(/\s+/)[0]!.toUpperCase();
  if (verb === 'C') {
    const d = ctx.dispositions.find((x) => x.code.toUpperCase().startsWith(last));
    return d ? lead + d.code.toUpperCase() : line;
  }
  const unit = ctx.unitsLike(last)[0];
  return unit ? `${lead}${unit} ` : line;
}
