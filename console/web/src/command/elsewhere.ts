/** The command line's verbs for calls that get no unit now: another desk, a time, no, ringing back, and back again. */
import { codeOf, more, named, promiseWrong, quoted, ready, selectedMark, unknown, wrong, type CallRef, type CodeRef, type CommandContext, type Reading, type Words } from './words';

const list = (codes: CodeRef[]): string => codes.map((c) => c.code.toUpperCase()).join(' ');
const MAX = 400;

/** The call that is meant, or what to say. */
function callOf(w: Words, ctx: CommandContext, ask: string): CallRef | Reading {
  if (w.units.length) return wrong(`This is about a call, not about ${w.units.join(', ')}.`);
  if (w.numbers.length) return wrong(`Not an open call: ${w.numbers.join(', ')}`);
  return w.call ?? ctx.selected ?? more(ask);
}
const isReading = (x: CallRef | Reading): x is Reading => 'tone' in x;

/** "words / reason": both may be left out where the posture has them. */
function spoken(text: string | undefined): { words?: string; reason?: string; say: string } {
  const [words, reason] = (text ?? '').split(' / ').map((x) => x.trim() || undefined);
  return { words, reason, say: words ? `${quoted(words)}${reason ? `, because ${reason}` : ''}` : ', with the posture’s words' };
}

export function divert(w: Words, text: string | undefined, ctx: CommandContext): Reading {
  const call = callOf(w, ctx, 'Divert which call, to which desk?');
  if (isReading(call)) return call;
  const word = w.rest[0];
  if (!word) return more(`Divert ${named(call)} to: ${list(ctx.desks)}`);
  const { hit, near } = codeOf(word, ctx.desks);
  const s = spoken(text);
  if (w.rest.length > 1) return wrong(`One desk, not ${w.rest.join(' ')}.`);
  if (!hit) return near.length ? more(near.map((d) => `${d.code.toUpperCase()} ${d.name}`).join('   ')) : wrong(`“${word}” is not a desk: ${list(ctx.desks)}`);
  return ready({ do: 'divert', call, desk: hit.code, words: s.words, reason: s.reason }, `Divert ${named(call)} to ${hit.name}${selectedMark(w)}${s.say}`);
}

export function appoint(w: Words, text: string | undefined, ctx: CommandContext): Reading {
  const at = w.rest.find((x) => /^\d{1,2}:\d{2}$/.test(x));
  const rest = w.rest.filter((x) => x !== at);
  const call = callOf(w, ctx, 'Appoint which call, at what time?');
  if (isReading(call)) return call;
  if (!at) return rest.length ? wrong(`A time is HH:MM, not ${rest.join(' ')}.`) : more(`Appoint ${named(call)} at: HH:MM, and a desk if it is not its own`);
  const [h = 0, m = 0] = at.split(':').map(Number);
  if (h > 23 || m > 59) return wrong(`A time is 00:00 to 23:59, not ${at}.`);
  if (rest.length > 1) return wrong(`One desk, not ${rest.join(' ')}.`);
  const found = rest[0] ? codeOf(rest[0], ctx.desks) : undefined;
  if (found && !found.hit) return wrong(`“${rest[0]}” is not a desk: ${list(ctx.desks)}`);
  const s = spoken(text);
  return ready({ do: 'appoint', call, at, desk: found?.hit?.code, words: s.words, reason: s.reason }, `Appoint ${named(call)} at ${at}${found?.hit ? `, ${found.hit.name}` : ''}${selectedMark(w)}${s.say}`);
}

export function decline(w: Words, text: string | undefined, ctx: CommandContext): Reading {
  const bad = unknown({ ...w, numbers: [] });
  const call = callOf(w, ctx, 'Decline which call?');
  if (isReading(call)) return call;
  const s = spoken(text);
  return bad ?? ready({ do: 'decline', call, words: s.words, reason: s.reason }, `Decline ${named(call)}${selectedMark(w)}${s.say}`);
}

const BACK = { resume: 'Let wait again', give_back: 'Give back', reopen: 'Reopen' } as const;
/** Verbs that need a call and a reason after ";". */
export function back(what: keyof typeof BACK, w: Words, text: string | undefined, ctx: CommandContext): Reading {
  const n = w.numbers[0];
  const shut = what === 'reopen' && n !== undefined && w.numbers.length === 1 ? ctx.closed(n) : undefined;
  const call = shut ?? callOf(w, ctx, `${BACK[what]} which call?`);
  if (isReading(call)) return call;
  if (w.rest.length) return wrong(`A call and ; the reason, not ${w.rest.join(' ')}.`);
  if (what === 'reopen' && !shut) return w.call || !ctx.closed(call.number) ? wrong(`${call.number} is open.`) : back(what, { ...w, numbers: [call.number] }, text, ctx);
  return text ? ready({ do: what, call, reason: text }, `${BACK[what]} ${named(call)}${quoted(text)}`) : more(`${BACK[what]} ${named(call)}: type ; and the reason`);
}

/** XFER call ; agency / reason */
export function transfer(w: Words, text: string | undefined, ctx: CommandContext): Reading {
  const call = callOf(w, ctx, 'Transfer which call?');
  if (isReading(call)) return call;
  if (w.rest.length) return wrong(`A call, then ; agency / reason, not ${w.rest.join(' ')}.`);
  const [to, reason] = (text ?? '').split('/').map((x) => x.trim());
  if (!to || !reason) return more(`Transfer ${named(call)}: type ; agency / reason`);
  return ready({ do: 'transfer', call, to, reason: reason.slice(0, MAX) }, `Transfer ${named(call)} to ${to}${quoted(reason)}`);
}

/** JOIN call into ; reason: the order counts, since both are calls. One number joins the selected call to it. */
export function join(w: Words, text: string | undefined, ctx: CommandContext): Reading {
  if (w.units.length || w.rest.length) return wrong(`Join takes two calls, not ${[...w.units, ...w.rest].join(', ')}.`);
  const calls = w.typed.map((n) => ctx.call(n));
  if (calls.some((c) => !c)) return wrong(`Not an open call: ${w.typed.filter((n) => !ctx.call(n)).join(', ')}`);
  if (calls.length > 2) return wrong('Join takes two calls.');
  const [one, two] = calls;
  const call = two ? one : ctx.selected, into = two ?? one;
  if (!call || !into) return more(into ? `Join which call to ${named(into)}?` : 'Join which call to which?');
  if (call.id === into.id) return wrong('A call cannot be joined to itself.');
  return text ? ready({ do: 'join', call, into, reason: text }, `Join ${named(call)} to ${named(into)}${quoted(text)}`) : more(`Join ${named(call)} to ${named(into)}: type ; and how it is known`);
}

/** RING call minutes ; what has changed      RING call NO      RING call UNSAFE */
export function ring(w: Words, text: string | undefined, ctx: CommandContext): Reading {
  if (w.units.length) return wrong(`This is about a call, not about ${w.units.join(', ')}.`);
  const [first, second] = w.typed;
  if (w.typed.length > 2) return wrong(`Ring takes a call and minutes, not ${w.typed.join(', ')}.`);
  const known = first === undefined ? undefined : ctx.call(first);
  if (second !== undefined && !known) return wrong(`Not an open call: ${first}`);
  const call = known ?? ctx.selected;
  if (!call) return more('Ring back which call?');
  const min = known ? second : first;
  const how = w.rest[0];
  if (w.rest.length > 1 || (how && how !== 'NO' && how !== 'UNSAFE')) return wrong(`NO for not reached, or UNSAFE, not ${w.rest.join(' ')}.`);
  if (how) return min === undefined ? ready({ do: 'ring', call, reached: how === 'NO' ? 'not_reached' : 'unsafe', words: text }, `${named(call)}: ${how === 'NO' ? 'not reached' : 'not told, unsafe'}${quoted(text)}`) : wrong('Who was not reached was promised nothing.');
  return promiseWrong(min) ?? ready({ do: 'ring', call, reached: 'reached', minutes: min, words: text }, `${named(call)} reached${min ? `, promise within ${min} min` : ', nothing promised'}${text ? `, changed${quoted(text)}` : ''}`);
}

/** PRE preset ; reason: a preset by its digit or name. */
export function preset(words: string[], text: string | undefined, ctx: CommandContext): Reading {
  const word = words[0];
  const all = ctx.presets.map((p, n) => `${n + 1} ${p.name}`).join('   ');
  if (!word) return more(all ? `Declare: ${all}` : 'No presets are configured.');
  const hit = /^\d$/.test(word) ? ctx.presets[Number(word) - 1] : codeOf(word, ctx.presets).hit;
  if (!hit || words.length > 1) return wrong(`“${words.join(' ')}” is not a preset: ${all}`);
  return ready({ do: 'preset', preset: hit.code, reason: text }, `Declare ${hit.name}${text ? quoted(text) : ', for its usual reason'}`);
}
