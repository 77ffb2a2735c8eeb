// A hazard at the place of a call: shown beside the send keys, read in the same gesture; a
// danger takes a key of its own. What contradicts or was not announced shows in Ways.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, enterAs, folder, until, violations } from './harness.mjs';

let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

test('nobody is sent past a danger unread, and who has read it sends with one key more', { timeout: 120000 }, async () => {
  const d = await demo(place.dir);
  const at = await enterAs(b, d, 'supervisor');
  const key = (k) => at.page.keyboard.press(k);
  const text = (selector) => at.page.evaluate((s) => document.querySelector(s)?.textContent ?? '', selector);
  const { items: [spot] } = (await d.api('GET', '/places?q=NE+45+St+and+12+Av+NE&limit=1')).body;
  const review_by = new Date(Date.parse((await d.api('GET', '/board')).body.now) + 9 * 86_400_000).toISOString();
  for (const [level, words] of [[3, 'wait for a second car'], [2, 'large dog in the yard']]) {
    const made = await d.api('POST', '/hazards', { location: { text: 'NE 45 St / 12 Av NE', lon: spot.lon, lat: spot.lat }, level, text: words, review_by });
    assert.equal(made.status, 200, JSON.stringify(made.body));
  }
  await key('F6');
  await until('the place has the focus', () => at.page.evaluate(() => document.activeElement?.id === 'call-place'));
  await at.page.keyboard.type('ne 45th and 12th');
  await until('choices are shown', () => at.page.evaluate(() => document.querySelectorAll('#call-places:not([hidden]) [role=option]').length > 0));
  await key('Enter');
  await until('the hazards are shown as the call is taken', async () => /wait for a second car/.test(await text('form.call')));
  assert.deepEqual(await violations(at.page), []);
  await key('F10');
  const number = await until('a call number is shown', async () => (await text('.said .big')).match(/\d+/)?.[0]);
  const incident = async () => (await d.api('GET', '/board')).body.incidents.find((i) => String(i.number) === number);
  const read = (await incident()).hazards.map((h) => [h.level, h.acks.map((a) => a.where)]);
  assert.deepEqual(read, [[3, []], [2, ['call']]], 'what was on the screen was read; the danger had a box of its own');

  await key('F2');
  await at.page.keyboard.type(`S ${number}`);
  await key('Enter');
  await until('its card is in hand', () => at.page.evaluate((n) => document.getElementById('card')?.getAttribute('aria-label') === `Call ${n}`, number));
  await until('a unit is recommended', () => at.page.evaluate(() => !!document.getElementById('advice-1')));
  const card = () => at.page.evaluate(() => document.getElementById('card').focus());
  await card();
  await key('1');
  await until('the danger stops it', async () => /h\d+ \(danger\)/.test(await text('.advice .refusal')));
  assert.deepEqual(await violations(at.page), []);
  await card();
  await key('z');
  await key('1');
  await until('it is sent', async () => (await incident()).assignments.some((a) => !a.ended_at));
  await until('the next unit asks anew', () => at.page.evaluate(() => document.getElementById('danger-read').getAttribute('aria-pressed') === 'false'));

  const line = [[spot.lon - 0.001, spot.lat], [spot.lon + 0.001, spot.lat]];
  await d.api('POST', '/access', { kind: 'line', geometry: line, state: 'blocked', source: 'officer', confidence: 'seen', half_life_ms: 3600000, obstacle: 'checkpoint', admits: ['fire'] });
  const other = (await d.api('POST', '/access', { kind: 'line', geometry: line, state: 'open', source: 'caller', confidence: 'reported', half_life_ms: 3600000 })).body.ids[0];
  await card();
  await key('y');
  await until('the conflict and the silence show', async () => { const all = await text('#ways-first'); return all.includes(`Contradicted by ${other}`) && /Not announced to/.test(all); });
  await at.page.click('text=Record a way');
  assert.deepEqual(await violations(at.page), []);
  await at.page.evaluate((id) => [...document.querySelectorAll(`[aria-label="Way ${id}"] button`)].find((x) => x.textContent === 'Still so').click(), other);
  await until('one tap refreshes it', async () => /Confirmed 1 time/.test(await text(`[aria-label="Way ${other}"]`)));
  assert.deepEqual(at.foreign, []);
  assert.deepEqual(at.errors, []);
  await at.context.close();
  assert.deepEqual(await d.kill('SIGINT'), { code: 0, signal: null }, d.errors());
});
