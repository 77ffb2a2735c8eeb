import { describe, expect, it } from 'vitest';
import { complete, parse, verbs, type CallRef, type CommandContext } from './parse';

const calls: CallRef[] = [{ id: 'i1', number: 2041, label: 'Disturbance, Pine St' }, { id: 'i2', number: 20, label: 'Noise, Pike St' }];
const signs = ['3B2', '3B3', '3C1', 'E10', 'E2', 'M16'];
const ctx = (selected?: CallRef): CommandContext => ({
  unit: (s) => signs.find((u) => u === s),
  unitsLike: (p) => signs.filter((s) => s.startsWith(p)),
  call: (n) => calls.find((c) => c.number === n),
  selected,
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
    expect(parse('N', ctx()).command).toEqual({ do: 'new' });
    expect(parse('N 2041', ctx()).tone).toBe('wrong');
  });
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
    const words = ['D', 'H', 'C', 'S', 'NOTE', 'OS', 'AV', '3B2', 'E10', '2041', '20', '9999', 'RES', ';', 'STACK', '+', '?', '#1', '-5', 'é', '\t'];
    for (let k = 0; k < 5000; k++) {
      const r = parse(Array.from({ length: next(6) }, () => words[next(words.length)]).join(' '), ctx(next(2) ? calls[0] : undefined));
      if (r.command) expect(r.say).not.toBe('');
      expect(!!r.command).toBe(r.tone === 'ready');
    }
  });
});

describe('complete', () => {
  it.each([['d 3b', 'd 3B2 '], ['oo', 'OOS '], ['C 2041 g', 'C 2041 GOA'], ['d zz', 'd zz'], ['d 3B2 ', 'd 3B2 '], ['', ''], ['D 3B2 ; x', 'D 3B2 ; x']])('%j → %j', (from, to) => expect(complete(from, ctx())).toBe(to));
});

it('lists every verb once', () => {
  const all = verbs(ctx()).map((v) => v.verb);
  expect(new Set(all).size).toBe(all.length);
});
