// Rationing in a real browser: a preset declared, a call held under it with a promise, why it is held, the caller rung
// back with a new promise, calls cleared by two people, the posture ended and its calls worked down.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, enterAs, folder, until, violations } from './harness.mjs';

const AT = { lon: -122.3296, lat: 47.6097 };
let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

/** counts the keys of one gesture; text that is read aloud or written does not count (the floors' budgets) */
function hands(page) {
  let keys = 0;
  return {
    key: async (k) => { keys++; await page.keyboard.press(k); },
    text: (t) => page.keyboard.type(t),
    spent: () => { const n = keys; keys = 0; return n; },
  };
}

test('a night of rationing', { timeout: 180000 }, async () => {
  const d = await demo(place.dir);
  const boss = await enterAs(b, d, 'supervisor'), desk = await enterAs(b, d, 'dispatcher');
  const see = (page, what, text) => until(what, () => page.evaluate((t) => document.querySelector('.app').innerText.includes(t), text));
  const focused = (page, id) => until(`the focus is on ${id}`, () => page.evaluate((i) => document.activeElement?.id === i, id));
  const select = async (page, number) => {
    await page.keyboard.press('F2');
    await page.keyboard.type(`S ${number}`);
    await until(`the board knows call ${number}`, () => page.evaluate((n) => document.querySelector('#command-means').textContent.startsWith(`Select ${n}`), number));
    await page.keyboard.press('Enter');
    await until(`call ${number} is in hand`, () => page.evaluate((n) => document.querySelector('#card .number')?.textContent === n, String(number)));
    await page.keyboard.press('F3');
  };
  const take = async (type, more = {}) => (await d.api('POST', '/contacts', { channel: 'phone', location: { text: '700 block of 4 Av', ...AT }, type, narrative: 'an invented call', ...more })).body;
  const contact = async (id) => (await d.api('GET', `/contacts/${id}`)).body;
  const promises = async (id) => (await d.api('GET', '/board')).body.promises.filter((p) => p.contact === id);

  // A preset that another posture stands against: the board says which, and offers to replace it.
  const h = hands(boss.page);
  await boss.page.keyboard.press('F3');
  await h.key('p');
  await focused(boss.page, 'posture-presets');
  await h.key('3');
  await focused(boss.page, 'preset-reason');
  await h.key('Enter');
  await focused(boss.page, 'preset-replace');
  await see(boss.page, 'what stands against it', 'This stands against it');
  assert.deepEqual(await violations(boss.page), []);
  await h.key('Escape');
  h.spent();

  // One that nothing stands against, in three keys and well within 15 seconds.
  await boss.page.keyboard.press('F3');
  const started = Date.now();
  await h.key('p');
  await focused(boss.page, 'posture-presets');
  await h.key('4');
  await focused(boss.page, 'preset-reason');
  await h.key('Enter');
  const posture = await until('the posture is in force', async () => (await d.api('GET', '/postures/presets')).body.find((p) => p.id === 'ambulance-delay').in_force);
  assert.ok(Date.now() - started < 15000, 'a posture from a preset in 15 seconds');
  assert.equal(h.spent(), 3, 'keys for a posture from a preset');
  await until('the strip shows it', () => boss.page.evaluate(() => document.querySelector('.strip').innerText.includes('Low-urgency ambulance calls wait')));

  // A call held under it with its promise, on the selected call.
  const held = await take('transfer', { caller: { name: 'A caller', number: '206-555-0142' }, language: 'es' });
  const g = hands(desk.page);
  await select(desk.page, held.call_number);
  await g.key('h');
  await focused(desk.page, 'hold-min');
  await g.key('5');
  await g.key('Enter');
  await until('it is held', async () => (await contact(held.id)).outcome.kind === 'held');
  assert.ok(g.spent() <= 4, 'keys for a hold with its promise');
  const o = (await contact(held.id)).outcome;
  assert.deepEqual([o.posture, o.posture_version, o.reason], [posture, 1, 'all ambulances are with patients in danger'], 'the reason is the posture’s');
  const [first] = await promises(held.id);
  assert.equal(first.state, 'open');

  // Why: the links that decide are bold.
  await desk.page.keyboard.press('F3');
  await g.key('w');
  const deciding = await until('the chain is shown', async () => { const t = await desk.page.evaluate(() => [...document.querySelectorAll('#why-chain .counts')].map((l) => l.innerText)); return t.length > 1 && t; });
  assert.equal(g.spent(), 1, 'keys for why');
  assert.ok(deciding.some((t) => t.includes('Low-urgency ambulance calls wait')), deciding.join('\n'));
  assert.deepEqual(await violations(desk.page), []);
  await desk.page.keyboard.press('Escape');

  // Rung back from the queue, with what has changed and a new promise.
  await until('the call-back is due', async () => (await d.api('GET', '/call-backs?minutes=10')).body.items.some((i) => i.contact === held.id));
  await desk.page.keyboard.press('F3');
  await g.key('b');
  await until('the queue has it', () => desk.page.evaluate((id) => !!document.getElementById(`ring-${id}`), held.id));
  await desk.page.focus(`[id="ring-${held.id}"]`);
  await g.key('Enter');
  await focused(desk.page, 'ring-words');
  await g.text('he can walk now');
  assert.deepEqual(await violations(desk.page), []);
  await g.key('Enter');
  await until('the call-back is recorded', async () => (await contact(held.id)).call_backs === 1);
  assert.equal(g.spent(), 3, 'keys for a call-back with a new promise');
  const told = await promises(held.id);
  assert.deepEqual(told.map((p) => p.state).sort(), ['kept', 'open'], 'the old promise is kept, the new one open');

  // Two calls cleared together: one proposes, another confirms.
  const noise = [await take('noise'), await take('noise')];
  for (const n of noise) { await select(boss.page, n.call_number); await h.key('x'); }
  await h.key('l');
  await focused(boss.page, 'clear-reason');
  await h.text('nobody can come tonight');
  await h.key('Tab');
  await h.text('Nobody can come tonight; call again if it goes on.');
  await h.key('Enter');
  const clearing = await until('it waits for a second person', async () => (await d.api('GET', '/clearings')).body[0]);
  assert.deepEqual(clearing.contacts.sort(), noise.map((n) => n.id).sort());
  await until('who proposed cannot confirm', () => boss.page.evaluate(() => [...document.querySelectorAll('#clear-first button')].some((x) => x.textContent === 'Confirm' && x.disabled)));
  assert.deepEqual(await violations(boss.page), []);
  await desk.page.keyboard.press('F3');
  await g.key('l');
  await desk.page.getByRole('button', { name: 'Confirm', exact: true }).click();
  for (const n of noise) {
    const done = await until('the call is declined', async () => { const c = await contact(n.id); return c.outcome.kind === 'declined' && c; });
    assert.match(done.outcome.authority, /supervisor and .*dispatcher/, 'both have answered for it');
  }

  // The end of the posture: what it held waits again, in order, and the board says so.
  await boss.page.keyboard.press('F3');
  await h.key('p');
  await boss.page.evaluate(() => [...document.querySelectorAll('.one')].find((x) => x.innerText.includes('Low-urgency ambulance calls wait')).querySelector('button:last-of-type').click());
  await focused(boss.page, `posture-why-${posture}`);
  await h.text('ambulances are free again');
  await h.key('Enter');
  await until('the recovery is on the board', () => boss.page.evaluate((n) => { const r = document.querySelector('[aria-label="Recovery"]')?.innerText; return r?.includes(String(n)) && r.includes('place 1 of 1'); }, held.call_number));
  assert.ok(await until('the strip has let it go', () => boss.page.evaluate(() => !document.querySelector('.strip').innerText.includes('Low-urgency ambulance calls wait'))));
  assert.equal((await contact(held.id)).outcome.kind, 'waiting');
  assert.deepEqual(await violations(boss.page), []);

  for (const at of [boss, desk]) {
    assert.deepEqual(at.foreign, [], 'no request beyond the origin');
    assert.deepEqual(at.errors, [], 'no error on the page');
    await at.context.close();
  }
  assert.deepEqual(await d.kill('SIGINT'), { code: 0, signal: null }, d.errors());
});
