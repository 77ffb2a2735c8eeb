/**
 * The command line: a verb, then units and a call number in any order (a call is all digits, a unit is not), then an
 * optional "; words". Pure: it knows the board only through CommandContext, and says what a line means before Enter.
 */

import * as elsewhere from './elsewhere';
import { codeOf, more, named, promiseWrong, ready, sortWords, unknown, wrong, type Command, type CommandContext, type Reading, type StatusRef, type Words } from './words';

interface Verb { verb: string; form: string; what: string }
const VERBS: Verb[] = [
  { verb: 'D', form: 'D unit… call', what: 'Dispatch' },
  { verb: 'H', form: 'H call minutes', what: 'Hold with a promise' },
  { verb: 'RING', form: 'RING call minutes|NO|UNSAFE ;what has changed', what: 'Ring back' },
  { verb: 'DIV', form: 'DIV call desk ;words / reason', what: 'Divert' },
  { verb: 'APT', form: 'APT call HH:MM desk ;words / reason', what: 'Appoint' },
  { verb: 'DEC', form: 'DEC call ;words / reason', what: 'Decline' },
  { verb: 'RES', form: 'RES call ;reason', what: 'Resume' },
  { verb: 'BACK', form: 'BACK call ;reason', what: 'Give back, from a desk' },
  { verb: 'XFER', form: 'XFER call ;agency / reason', what: 'Transfer' },
  { verb: 'JOIN', form: 'JOIN call call ;reason', what: 'Join' },
  { verb: 'C', form: 'C call code', what: 'Close' },
  { verb: 'REOPEN', form: 'REOPEN call ;reason', what: 'Reopen' },
  { verb: 'WHY', form: 'WHY call', what: 'Why it is as it is' },
  { verb: 'PRE', form: 'PRE preset ;reason', what: 'Declare a preset' },
  { verb: 'S', form: 'S call', what: 'Select' },
  { verb: 'NOTE', form: 'NOTE call ;words', what: 'Add a note' },
  { verb: 'N', form: 'N', what: 'New call' },
  { verb: 'SWEEP', form: 'SWEEP', what: 'Sweep' },
  { verb: 'DUE', form: 'DUE', what: 'Who is to be rung back' },
  { verb: 'DESKS', form: 'DESKS', what: 'Desks' },
  { verb: 'COVER', form: 'COVER', what: 'Stations, cover and plans' },
  { verb: 'LIAISON', form: 'LIAISON', what: 'Liaison and agreements' },
  { verb: 'CLR', form: 'CLR', what: 'Clear the marked calls together' },
];
const SHORT_DEFAULTS: Record<string, string> = { AV: 'available', DP: 'dispatched', ER: 'enroute', ST: 'staged', OS: 'on_scene', TR: 'transporting', AH: 'at_hospital', OOS: 'out_of_service' };
const OPENS: Record<string, Extract<Command, { do: 'open' }>['panel']> = { N: 'call', SWEEP: 'sweep', DUE: 'ring', DESKS: 'desks', CLR: 'clear', COVER: 'stations', LIAISON: 'liaison' };

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

export function parse(line: string, ctx: CommandContext): Reading {
  const cut = line.indexOf(';');
  const head = cut < 0 ? line : line.slice(0, cut);
  const text = cut < 0 ? undefined : line.slice(cut + 1).trim() || undefined;
  const words = head.trim().toUpperCase().split(/[\s,]+/).filter(Boolean);
  const verb = words[0];
  if (!verb) return { say: '', tone: 'idle' };
  const asked = verb === '?' ? VERBS.find((v) => v.verb === words[1]) : undefined;
  if (asked) return more(`${asked.form}   ${asked.what}`);
  if (verb === '?') return more(`${VERBS.map((v) => v.verb).join(' ')}   ER OS AV TR OOS unit…   (“? VERB” shows its form)`);
  const w = sortWords(words.slice(1), ctx);
  switch (verb) {
    case 'D': return dispatch(w, text, ctx);
    case 'H': return hold(w, text, ctx);
    case 'C': return close(w, ctx);
    case 'RING': return elsewhere.ring(w, text, ctx);
    case 'DIV': return elsewhere.divert(w, text, ctx);
    case 'APT': return elsewhere.appoint(w, text, ctx);
    case 'DEC': return elsewhere.decline(w, text, ctx);
    case 'RES': return elsewhere.back('resume', w, text, ctx);
    case 'BACK': return elsewhere.back('give_back', w, text, ctx);
    case 'REOPEN': return elsewhere.back('reopen', w, text, ctx);
    case 'XFER': return elsewhere.transfer(w, text, ctx);
    case 'JOIN': return elsewhere.join(w, text, ctx);
    case 'PRE': return elsewhere.preset(words.slice(1), text, ctx);
    case 'S': return about('select', w, ctx);
    case 'WHY': return about('why', w, ctx);
    case 'NOTE': return note(w, text, ctx);
  }
  const panel = OPENS[verb];
  if (panel) return words.length > 1 ? wrong(`${verb} takes nothing after it.`) : ready({ do: 'open', panel }, VERBS.find((v) => v.verb === verb)!.what);
  const status = statusOf(verb, ctx);
  if (status) return setStatus(w, status);
  const near = verbs(ctx).filter((v) => v.verb.startsWith(verb));
  if (near.length) return more(near.map((v) => `${v.verb} ${v.what}`).join('   '));
  return wrong(`“${verb}” is not a command. ? lists them.`);
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
  const bad = promiseWrong(min);
  if (bad) return bad;
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
  const { hit, near } = codeOf(code, codes);
  if (!hit) {
    return near.length ? more(near.map((d) => `${d.code.toUpperCase()} ${d.name}`).join('   ')) : wrong(`“${code}” is not a closing code: ${list}`);
  }
  return ready({ do: 'close', call, disposition: hit.code }, `Close ${named(call)}: ${hit.name}${w.call ? '' : ' (selected)'}`);
}

function about(what: 'select' | 'why', w: Words, ctx: CommandContext): Reading {
  const verb = what === 'select' ? 'Select' : 'Why';
  if (w.units.length || w.rest.length) return wrong(`${verb} takes a call number, not ${[...w.units, ...w.rest].join(', ')}.`);
  const n = w.numbers[0];
  const call = w.call ?? (n === undefined ? undefined : ctx.closed(n));
  if (w.numbers.length > (w.call ? 0 : 1) || (n !== undefined && !call)) return wrong(`Not a call: ${w.numbers.join(', ')}`);
  const meant = call ?? (what === 'why' ? ctx.selected : undefined);
  return meant ? ready({ do: what, call: meant }, `${verb} ${named(meant)}`) : more(`${verb} which call?`);
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
  const codes = verb === 'DIV' || verb === 'APT' ? ctx.desks : verb === 'PRE' ? ctx.presets : undefined;
  if (codes) {
    const c = codes.find((x) => x.code.toUpperCase().startsWith(last));
    return c ? `${lead}${c.code.toUpperCase()} ` : line;
  }
  const unit = ctx.unitsLike(last)[0];
  return unit ? `${lead}${unit} ` : line;
}
