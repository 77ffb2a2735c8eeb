import { describe, expect, it } from 'vitest';
import { complete, parse, verbs } from './parse';
import type { CallRef, CommandContext } from './words';

const calls: CallRef[] = [{ id: 'i1', number: 2041, label: 'Disturbance, Pine St' }, { id: 'i2', number: 20, label: 'Noise, Pike St' }];
const shut: CallRef = { id: 'i9', number: 1999, label: 'Theft, Pine St' };
const signs = ['3B2', '3B3', '3C1', 'E10', 'E2', 'M16'];
const ctx = (selected?: CallRef): CommandContext => ({
  unit: (s) => signs.find((u) => u === s),
  unitsLike: (p) => signs.filter((s) => s.startsWith(p)),
  call: (n) => calls.find((c) => c.number === n),
  closed: (n) => (n === shut.number ? shut : undefined),
  selected,
  desks: [{ code: 'telephone-reports', name: 'Telephone reports' }, { code: 'online-reports', name: 'Online reports' }, { code: 'crisis-team', name: 'Crisis team' }],
  presets: [{ code: 'priority-calls-only', name: 'Priority calls only' }, { code: 'ambulance-delay', name: 'Ambulance calls wait' }],
  statuses: [{ code: 'on_scene', short: 'OS', name: 'On scene' }, { code: 'available', short: 'AV', name: 'Available' }, { code: 'out_of_service', short: 'OOS', name: 'Out of service' }],
  dispositions: [{ code: 'RES', name: 'Resolved' }, { code: 'RPT', name: 'Report taken' }, { code: 'GOA', name: 'Gone on arrival' }],
});

describe('dispatch', () => {
  it.each(['D 3B2 2041', 'd 2041 3b2', 'D 2041,3B2', '  d   #2041  3B2 '])('takes unit and call in any order: %s', (line) => {
    expect(parse(line, ctx())).toMatchObject({ tone: 'ready', command: { do: 'dispatch', units: ['3B2'], call: calls[0], stacked: false }, say: 'Dispatch 3B2 → 2041 Disturbance, Pine St' });
  });
  it('takes several units, once each', () => expect(parse('D 3B2 E10 2041 3B2', ctx()).command).toMatchObject({ units: ['3B2', 'E10'] }));
  it('uses the selected call and says so', () => expect(parse('D E10', ctx(calls[1]))).toMatchObject({ command: { call: calls[1] }, say: expect.stringContaining('(selected)') }));
  it('carries the reason after ;', () => expect(parse('D E10 2041 ; gate agreed', ctx()).command).toMatchObject({ reason: 'gate agreed' }));
  it('stacks', () => expect(parse('D E10 2041 STACK', ctx()).command).toMatchObject({ stacked: true }));
  it('asks for what is missing', () => {
    expect(parse('D', ctx())).toMatchObject({ tone: 'more', say: 'Dispatch which unit?' });
    expect(parse('D E10', ctx())).toMatchObject({ tone: 'more', say: 'Dispatch E10 to which call?' });
  });
  it.each(['D E99 2041', 'D 3B2 9999', 'D 3B2 2041 20'])('refuses what is not on the board: %s', (line) => {
    const r = parse(line, ctx());
    expect(r.tone).toBe('wrong');
    expect(r.command).toBeUndefined();
  });
});

describe('status', () => {
  it('sets one or several units', () => expect(parse('OS 3B2 M16', ctx())).toMatchObject({ command: { do: 'status', units: ['3B2', 'M16'], status: 'on_scene' }, say: '3B2 + M16: on scene' }));
  it('knows the common codes without the board naming them', () => expect(parse('ER 3B2', ctx()).command).toMatchObject({ status: 'enroute' }));
  it('refuses a call number', () => expect(parse('OS 3B2 2041', ctx()).tone).toBe('wrong'));
});

describe('hold', () => {
  it('reads call then minutes', () => expect(parse('H 2041 20', ctx()).command).toMatchObject({ do: 'hold', call: calls[0], minutes: 20 }));
  it('does not take the minutes for a call when a call is selected and named', () => expect(parse('H 2041 15', ctx(calls[1])).command).toMatchObject({ call: calls[0], minutes: 15 }));
  it('holds the selected call when one number is no call', () => expect(parse('H 45', ctx(calls[0])).command).toMatchObject({ call: calls[0], minutes: 45 }));
  it('reads no promise as none, and says so', () => {
    const r = parse('H 2041', ctx());
    expect(r.command).toEqual({ do: 'hold', call: calls[0] });
    expect(r.say).toContain('no promise');
  });
  it('limits a promise at a day and one past it', () => {
    expect(parse('H 2041 1440', ctx()).tone).toBe('ready');
    expect(parse('H 2041 1441', ctx()).tone).toBe('wrong');
    expect(parse('H 2041 0', ctx()).tone).toBe('wrong');
  });
  it('takes the first number for the call even if the second is one too', () => expect(parse('H 2041 20', ctx(calls[1])).command).toMatchObject({ call: calls[0], minutes: 20 }));
  it('refuses an unknown call', () => expect(parse('H 9999 20', ctx(calls[0]))).toMatchObject({ tone: 'wrong', say: 'Not an open call: 9999' }));
});

describe('close, select, note, new', () => {
  it('closes with a code in any order', () => {
    expect(parse('C 2041 RES', ctx()).command).toEqual({ do: 'close', call: calls[0], disposition: 'RES' });
    expect(parse('C goa 2041', ctx()).command).toMatchObject({ disposition: 'GOA' });
  });
  it('lists codes while incomplete, refuses a wrong one', () => {
    expect(parse('C 2041', ctx())).toMatchObject({ tone: 'more', say: expect.stringContaining('RES RPT GOA') });
    expect(parse('C 2041 R', ctx())).toMatchObject({ tone: 'more', say: 'RES Resolved   RPT Report taken' });
    expect(parse('C 2041 XYZ', ctx()).tone).toBe('wrong');
  });
  it('takes a code that three letters begin without doubt', () => {
    expect(parse('C 2041 GO', ctx())).toMatchObject({ tone: 'more' });
    expect(parse('C 2041 HAN', { ...ctx(), dispositions: [{ code: 'handled', name: 'Handled' }, { code: 'duplicate', name: 'Duplicate' }] }).command).toMatchObject({ disposition: 'handled' });
  });
  it('selects', () => expect(parse('S 20', ctx()).command).toEqual({ do: 'select', call: calls[1] }));
  it('notes', () => expect(parse('NOTE 2041 ; two people; one hurt', ctx()).command).toEqual({ do: 'note', call: calls[0], text: 'two people; one hurt' }));
  it('opens a new call, with nothing after it', () => {
    expect(parse('N', ctx()).command).toEqual({ do: 'open', panel: 'call' });
    expect(parse('N 2041', ctx()).tone).toBe('wrong');
  });
});

describe('no unit now', () => {
  it('diverts, to a desk by any of its words, and says whose words are used', () => {
    expect(parse('DIV 2041 telephone-reports', ctx())).toMatchObject({ command: { do: 'divert', call: calls[0], desk: 'telephone-reports', words: undefined }, say: expect.stringContaining('the posture’s words') });
    expect(parse('div crisis ; they talk / nobody hurt', ctx(calls[1])).command).toMatchObject({ call: calls[1], desk: 'crisis-team', words: 'they talk', reason: 'nobody hurt' });
  });
  it('never guesses a desk', () => {
    expect(parse('DIV 2041 reports', ctx())).toMatchObject({ tone: 'more', say: expect.stringContaining('ONLINE-REPORTS') });
    expect(parse('DIV 2041 moon', ctx()).tone).toBe('wrong');
    expect(parse('DIV 2041', ctx()).tone).toBe('more');
  });
  it('appoints at a time, limited at a day and one past it', () => {
    expect(parse('APT 2041 14:30 telephone', ctx()).command).toMatchObject({ do: 'appoint', at: '14:30', desk: 'telephone-reports' });
    expect(parse('APT 2041 23:59', ctx()).tone).toBe('ready');
    expect(parse('APT 2041 24:00', ctx()).tone).toBe('wrong');
    expect(parse('APT 2041', ctx()).tone).toBe('more');
  });
  it('declines the selected call and says so', () => expect(parse('DEC ; no car today / every car is out', ctx(calls[0]))).toMatchObject({ command: { do: 'decline', call: calls[0], words: 'no car today', reason: 'every car is out' }, say: expect.stringContaining('(selected)') }));
  it.each([['RES', 'resume'], ['BACK', 'give_back']])('%s needs a reason', (verb, what) => {
    expect(parse(`${verb} 2041`, ctx())).toMatchObject({ tone: 'more', say: expect.stringContaining('; and the reason') });
    expect(parse(`${verb} 2041 ; a unit is free`, ctx()).command).toEqual({ do: what, call: calls[0], reason: 'a unit is free' });
  });
  it('reopens what is closed and nothing else', () => {
    expect(parse('REOPEN 1999 ; they rang again', ctx()).command).toEqual({ do: 'reopen', call: shut, reason: 'they rang again' });
    expect(parse('REOPEN ; they rang again', ctx(shut)).command).toMatchObject({ call: shut });
    expect(parse('REOPEN 2041 ; x', ctx()).tone).toBe('wrong');
    expect(parse('REOPEN 7777 ; x', ctx()).tone).toBe('wrong');
  });
  it('transfers to an agency for a reason', () => {
    expect(parse('XFER 2041 ; county sheriff / their road', ctx()).command).toEqual({ do: 'transfer', call: calls[0], to: 'county sheriff', reason: 'their road' });
    expect(parse('XFER 2041 ; county sheriff', ctx()).tone).toBe('more');
  });
  it('joins the first to the second, or the selected one to the one', () => {
    expect(parse('JOIN 20 2041 ; same street', ctx()).command).toEqual({ do: 'join', call: calls[1], into: calls[0], reason: 'same street' });
    expect(parse('JOIN 2041 ; same street', ctx(calls[1])).command).toMatchObject({ call: calls[1], into: calls[0] });
    expect(parse('JOIN 2041 ; x', ctx(calls[0])).tone).toBe('wrong');
    expect(parse('JOIN 20 9999 ; x', ctx()).tone).toBe('wrong');
  });
});

describe('ring, why, presets', () => {
  it('reads reached with a promise, not reached and unsafe', () => {
    expect(parse('RING 2041 20 ; he has left', ctx()).command).toEqual({ do: 'ring', call: calls[0], reached: 'reached', minutes: 20, words: 'he has left' });
    expect(parse('RING NO', ctx(calls[1])).command).toMatchObject({ call: calls[1], reached: 'not_reached' });
    expect(parse('RING 2041 UNSAFE', ctx()).command).toMatchObject({ reached: 'unsafe' });
  });
  it('promises nothing to who was not reached', () => expect(parse('RING 2041 20 NO', ctx()).tone).toBe('wrong'));
  it('limits the promise at a day and one past it', () => {
    expect(parse('RING 2041 1440', ctx()).tone).toBe('ready');
    expect(parse('RING 2041 1441', ctx()).tone).toBe('wrong');
  });
  it('asks why of a call, open or closed', () => {
    expect(parse('WHY', ctx(calls[0])).command).toEqual({ do: 'why', call: calls[0] });
    expect(parse('WHY 1999', ctx()).command).toEqual({ do: 'why', call: shut });
    expect(parse('WHY 7777', ctx()).tone).toBe('wrong');
  });
  it('declares a preset by digit or name', () => {
    expect(parse('PRE 1', ctx()).command).toEqual({ do: 'preset', preset: 'priority-calls-only', reason: undefined });
    expect(parse('PRE ambu ; all are out', ctx()).command).toEqual({ do: 'preset', preset: 'ambulance-delay', reason: 'all are out' });
    expect(parse('PRE 3', ctx()).tone).toBe('wrong');
    expect(parse('PRE', ctx()).say).toContain('1 Priority calls only');
  });
  it.each([['DUE', 'ring'], ['DESKS', 'desks'], ['CLR', 'clear'], ['SWEEP', 'sweep']])('%s opens its panel', (line, panel) => expect(parse(line, ctx()).command).toEqual({ do: 'open', panel }));
});

describe('reading in general', () => {
  it('is silent on an empty line', () => expect(parse('   ', ctx())).toEqual({ say: '', tone: 'idle' }));
  it('refuses an unknown verb and helps with a begun one', () => {
    expect(parse('XX 3B2', ctx()).tone).toBe('wrong');
    expect(parse('NO', ctx())).toMatchObject({ tone: 'more', say: 'NOTE Add a note' });
  });
  it('never throws and never reads a command without words for it', () => {
    let seed = 7;
    const next = (n: number): number => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return seed % n; };
    const words = ['DIV', 'APT', 'DEC', 'REOPEN', 'BACK', 'XFER', 'JOIN', 'RING', 'WHY', 'PRE', '14:30', 'NO', 'crisis', 'D', 'H', 'C', 'S', 'NOTE', 'OS', 'AV', '3B2', 'E10', '2041', '20', '9999', 'RES', ';', 'STACK', '+', '?', '#1', '-5', 'é', '\t'];
    for (let k = 0; k < 5000; k++) {
      const r = parse(Array.from({ length: next(6) }, () => words[next(words.length)]).join(' '), ctx(next(2) ? calls[0] : undefined));
      if (r.command) expect(r.say).not.toBe('');
      expect(!!r.command).toBe(r.tone === 'ready');
    }
  });
});

describe('complete', () => {
  it.each([['d 3b', 'd 3B2 '], ['oo', 'OOS '], ['C 2041 g', 'C 2041 GOA'], ['d zz', 'd zz'], ['DIV 2041 onl', 'DIV 2041 ONLINE-REPORTS '], ['pre amb', 'pre AMBULANCE-DELAY '], ['d 3B2 ', 'd 3B2 '], ['', ''], ['D 3B2 ; x', 'D 3B2 ; x']])('%j → %j', (from, to) => expect(complete(from, ctx())).toBe(to));
});

it('lists every verb once', () => {
  const all = verbs(ctx()).map((v) => v.verb);
  expect(new Set(all).size).toBe(all.length);
});
