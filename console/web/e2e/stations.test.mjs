// A station is lost by keyboard: its units live elsewhere, what is bare shows, a unit moves up
// and comes home; a plan is made from the agency's list, changed, carried out, and the station
// opens. A liaison, a try and an agreement are recorded, and its end is counted down.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, enterAs, folder, until, violations } from './harness.mjs';

let b, place, d, at;
before(async () => {
  b = await browser();
  place = folder();
  d = await demo(place.dir);
  at = await enterAs(b, d, 'supervisor');
});
after(async () => { endAll(); await b?.close(); place?.remove(); });

const text = (selector) => at.page.evaluate((s) => document.querySelector(s)?.textContent ?? '', selector);
const focused = (id) => until(`the focus is on ${id}`, () => at.page.evaluate((x) => document.activeElement?.id === x, id));
const press = async (...keys) => { for (const k of keys) await at.page.keyboard.press(k); };
const type = (words) => at.page.keyboard.type(words);
const board = async () => (await d.api('GET', '/board')).body;
const shot = (name) => process.env.SHOT && at.page.screenshot({ path: `${process.env.SHOT}-${name}.png` });

test('a station is lost, covered, planned for and opened again', { timeout: 180000 }, async () => {
  const first = await board();
  const lives = (s) => first.units.filter((u) => u.station === s.id);
  const station = first.stations.filter((s) => s.service === 'fire' && s.state === 'open').sort((a, c) => lives(c).length - lives(a).length)[0];
  const homes = lives(station).map((u) => u.id);
  assert.ok(homes.length > 0, 'a station where somebody lives');

  await press('F3', 'i');
  await focused('stations-first');
  assert.deepEqual(await violations(at.page), []);
  await press('e');
  await focused('lose-station');
  await type(station.name);
  await press('Tab'); await type('evac'); await press('Tab'); await type('assistant chief'); await press('Tab'); await type('smoke in the bay');
  await press('Enter');
  await until('it is evacuated', async () => (await board()).stations.find((s) => s.id === station.id).state === 'evacuated');
  const article = `article[aria-label="${station.name}, evacuated"]`;
  await until('who decided, and why', async () => /decided by assistant chief: smoke in the bay/.test(await text(article)));
  await until('where its units live now', async () => new RegExp(`At .* now: .*${homes[0]}`).test(await text(article + ' ul')));
  assert.ok((await board()).units.filter((u) => u.lost_home === station.id).length >= homes.length);

  await at.page.selectOption('section[aria-label="Cover"] select', 'fire');
  await at.page.fill('section[aria-label="Cover"] input', '2');
  await until('what is bare shows', async () => /places are bare/.test(await text('section[aria-label="Cover"]')));
  await until('a move is proposed', () => at.page.evaluate(() => !!document.querySelector('section[aria-label="Cover"] .move')));
  await shot('cover');
  assert.deepEqual(await violations(at.page), []);
  await at.page.focus('#stations-first');
  await until('the proposal is accepted by its digit', async () => { await press('1'); return (await board()).units.some((u) => u.post); }, 15000);
  const gone = (await board()).units.find((u) => u.post);
  await until('who stands elsewhere shows', async () => (await text('section[aria-label="Cover"]')).includes(`${gone.id} stands at `));
  await at.page.click(`[aria-label="Call ${gone.id} home"]`);
  await focused('card-reason');
  await press('Enter');
  await until('it is called home', async () => !(await board()).units.find((u) => u.id === gone.id).post);

  await at.page.click(`${article} >> text=Make a plan`);
  await until('the plan begins with the list', async () => (await at.page.inputValue(`[id="plan-step-station:${station.id}-1"]`).catch(() => '')) !== '');
  assert.deepEqual(await violations(at.page), []);
  await shot('plan-form');
  await press('Enter');
  const plan = await until('the plan is there', async () => (await board()).plans.find((p) => p.for === `station:${station.id}` && !p.ended_at));
  await at.page.click(`#plan-${plan.id} >> text=Add a step`);
  await focused(`step-new-${plan.id}`);
  await type('Tell the neighbours');
  await press('Enter');
  await until('there is one step more', async () => (await board()).plans.find((p) => p.id === plan.id).steps.length === plan.steps.length + 1);
  await at.page.click(`#plan-${plan.id} [aria-label="Drop step 2"]`);
  await focused('card-reason');
  await type('the power never failed');
  await press('Enter');
  await until('it is dropped, and says why', async () => /dropped by .*: the power never failed/.test(await text(`#plan-${plan.id}`)));
  assert.deepEqual(await violations(at.page), []);
  await shot('plan');
  await until('the next step has the focus', () => at.page.evaluate((id) => document.activeElement?.id === `step-${id}-3`, plan.id));

  await at.page.focus(`#step-${plan.id}-1`);
  for (const n of [1, 3, 4, 5]) {
    await focused(`step-${plan.id}-${n}`);
    await press('Enter');
    await focused('card-reason');
    if (n === 1) await type('two doors to mend');
    await press('Enter');
    await until(`step ${n} is done`, async () => !!(await board()).plans.find((p) => p.id === plan.id).steps[n - 1].done_at);
  }
  await until('all is done', async () => /4 of 4 done/.test(await text(`#plan-${plan.id}`)));
  await at.page.click(`${article} >> text=Reopen…`);
  await focused(`reopen-station-${station.id}`);
  await type('the bay is clear');
  await press('Enter');
  await until('it is open, and its units live there again', async () => { const now = await board(); return now.stations.find((s) => s.id === station.id).state === 'open' && homes.every((u) => now.units.find((x) => x.id === u).station === station.id); });
  await until('it is lost no more', () => at.page.evaluate((a) => !document.querySelector(a), article));
});

test('a call-taker does steps and records claims, and neither loses a station nor sees the cover', { timeout: 60000 }, async () => {
  const lost = (await board()).stations.find((s) => s.state !== 'open');
  const made = await d.api('POST', '/plans', { for: `station:${lost.id}`, title: 'Back', authority: 'duty commander', review_by: new Date(Date.parse((await board()).now) + 3600000).toISOString(), steps: [{ text: 'Walk through', owner: (await board()).desks[0].id, due: new Date(Date.parse((await board()).now) + 60000).toISOString() }] });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const taker = await enterAs(b, d, 'call-taker');
  await taker.page.keyboard.press('F3');
  await taker.page.keyboard.press('i');
  const panel = () => taker.page.evaluate(() => document.querySelector('#stations-first')?.textContent ?? '');
  await until('a late step says so', async () => /0 of 1 done, 1 late.*overdue/s.test(await panel()));
  assert.ok(/Done/.test(await panel()) && !/Lose a station|Cover|Reopen/.test(await panel()));
  assert.deepEqual(await violations(taker.page), []);
  await taker.page.keyboard.press('F3');
  await taker.page.keyboard.press('m');
  await until('claims can be recorded', () => taker.page.evaluate(() => /Record a claim/.test(document.querySelector('#claims-first')?.textContent ?? '')));
  await taker.context.close();
});

test('a liaison is recorded and tried, and an agreement counted down', { timeout: 120000 }, async () => {
  const { items: [spot] } = (await d.api('GET', '/places?q=NE+45+St+and+12+Av+NE&limit=1')).body;
  const square = [[-0.004, -0.004], [0.004, -0.004], [0.004, 0.004], [-0.004, 0.004]].map(([x, y]) => [spot.lon + x, spot.lat + y]);
  const made = await d.api('POST', '/zones', { name: 'The yard', outline: square, authority: 'duty commander', reason: 'a leak', rules: [{ service: 'fire', entry: 'none' }, { service: 'police', entry: 'none' }], gates: [{ name: 'South gate', lon: spot.lon, lat: spot.lat - 0.004 }] });
  assert.equal(made.status, 200, JSON.stringify(made.body));

  await press('F3', 'r');
  await focused('liaison-first');
  await press('e');
  await focused('liaison-role');
  await type('spokesperson for the yard'); await press('Tab'); await type('radio channel 4');
  await at.page.selectOption('form[aria-label="Record a liaison"] select', { label: 'The yard' });
  await at.page.check('form[aria-label="Record a liaison"] input[type=checkbox]');
  assert.deepEqual(await violations(at.page), []);
  await press('Enter');
  const liaison = await until('the liaison is there', async () => (await board()).liaisons.find((l) => l.role === 'spokesperson for the yard'));
  await focused('liaison-first');
  await until('it shows', async () => /spokesperson for the yard/.test(await text('section[aria-label="Liaisons"]')));
  await until('arrows go from one to the next', async () => { await press('ArrowDown'); return at.page.evaluate((id) => document.activeElement?.id === `liaison-${id}`, liaison.id); });
  await press('t');
  await focused(`try-${liaison.id}-1`);
  await press('2');
  await focused(`try-note-${liaison.id}`);
  await press('Enter');
  await until('the try is written down', async () => (await board()).liaisons.find((l) => l.id === liaison.id).attempts[0]?.result === 'no_answer');
  await focused(`liaison-${liaison.id}`);
  const entry = 'article[aria-label="Liaison spokesperson for the yard"]';
  await until('it shows too', async () => /No answer/.test(await text(entry)));

  await press('g');
  await focused('agreement-liaison');
  await type('spokes');
  await until('its zone is chosen with it', () => at.page.evaluate(() => document.querySelectorAll('form[aria-label="Record an agreement"] select')[1].selectedOptions[0].text === 'The yard'));
  await at.page.fill('form[aria-label="Record an agreement"] textarea', 'one lane on the south side stays free for engines');
  const box = (n) => `form[aria-label="Record an agreement"] fieldset:nth-of-type(1) input[value="${n}"]`;
  await at.page.check(box('fire')); await at.page.check(box('police'));
  await at.page.fill('form[aria-label="Record an agreement"] input[max="168"][min="0.5"]', '1');
  const inputs = at.page.locator('form[aria-label="Record an agreement"] input[maxlength="400"]');
  await inputs.nth(1).fill('head of the street department');
  assert.deepEqual(await violations(at.page), []);
  await shot('agreement-form');
  await press('Enter');
  const agreement = await until('the agreement is there', async () => (await board()).agreements[0]);
  const card = `article[aria-label="Agreement ${agreement.id}"]`;
  await until('it is counted down', async () => /IN FORCE.*(59:|58:|57:|5\d:)\d\d left/.test(await text(card)));
  const early = await text(`${card} .clock`);
  await until('the clock runs', async () => (await text(`${card} .clock`)) !== early);
  assert.match(await text(card), /one lane on the south side.*For .*Fire.*by all gates.*witnessed by head of the street department/s);

  const call = await d.api('POST', '/contacts', { channel: 'phone', type: 'theft', location: { text: 'NE 45 St / 12 Av NE', lon: spot.lon, lat: spot.lat } });
  const now = await board();
  const incident = now.incidents.find((i) => i.contacts.includes(call.body.id));
  const car = now.units.find((u) => u.free && u.service === 'police');
  const sent = await d.api('POST', `/incidents/${incident.id}/assignments`, { unit: car.id });
  assert.ok(sent.status < 300, JSON.stringify(sent.body));
  await until('who is on the way in by it shows', async () => (await text(card)).includes(`On the way in: ${car.id}`) || (await text(card)).includes(`Inside: ${car.id}`));
  assert.deepEqual(await violations(at.page), []);
  await shot('liaison');
  await at.page.click(`[aria-label="End agreement ${agreement.id}"]`);
  await focused('card-reason');
  await type('the lane is full');
  await press('Enter');
  await until('it is over', async () => /OVER.*the lane is full/s.test(await text(card)));

  await at.page.click(`${entry} >> text=Consent withdrawn…`);
  await focused('card-reason');
  await type('they asked');
  await press('Enter');
  await until('the entry is gone', async () => !(await board()).liaisons.some((l) => l.id === liaison.id));
  assert.deepEqual(at.foreign, []);
  assert.deepEqual(at.errors, []);
});
