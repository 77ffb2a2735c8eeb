// Zones at a desk: one is declared by keyboard alone with typed coordinates, an exception in it is drawn with clicks, its
// police rule is amended, a call inside gets its way in, a clearance given elsewhere shows at once, and the zone ends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, enterAs, folder, until, violations } from './harness.mjs';

let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

test('a zone is declared, drawn in, amended and ended', { timeout: 180000 }, async () => {
  const d = await demo(place.dir);
  const { items: [spot] } = (await d.api('GET', '/places?q=NE+45+St+and+12+Av+NE&limit=1')).body;
  const line = (x, y) => `${(spot.lat + y).toFixed(5)}, ${(spot.lon + x).toFixed(5)}`;
  const zones = async () => (await d.api('GET', '/zones')).body.items;
  const zoneOf = async (name) => (await zones()).find((z) => z.name === name);
  const { page, errors, foreign } = await enterAs(b, d, 'supervisor');
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
  const shows = (words) => page.evaluate((w) => document.querySelector('.hand').innerText.includes(w), words);
  const see = (words) => until(`the page shows ${words}`, () => shows(words));
  /** goes on with Tab alone until it is there */
  const tabTo = async (id) => {
    for (let n = 0; n < 60; n++) { if (await focused() === id) return; await page.keyboard.press('Tab'); }
    assert.fail(`no Tab comes to ${id}`);
  };

  // by keyboard alone
  await page.keyboard.press('F3');
  await page.keyboard.press('e');
  await until('the panel has the focus', async () => await focused() === 'zones-first');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await until('the name has the focus', async () => await focused() === 'zone-name-new');
  await page.keyboard.type('The yard');
  await tabTo('zone-outline-new');
  const corners = [line(-0.004, -0.004), line(0.004, -0.004), line(0.004, 0.004), line(-0.004, 0.004)];
  await page.keyboard.type(`${corners.slice(0, 3).join('\n')}\nthe north-west corner`);
  await tabTo('zone-rule-new-police');
  await page.keyboard.type('Stages');
  await tabTo('zone-authority-new');
  await page.keyboard.type('duty commander');
  await tabTo('zone-reason-new');
  await page.keyboard.type('a leak');
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Enter');
  await see('Line 4 is not "lat, lon" in degrees');
  assert.equal(await focused(), 'zone-outline-new', 'the focus is in the field that was refused');
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Control+End');
  for (let n = 0; n < 'the north-west corner'.length; n++) await page.keyboard.press('Backspace');
  await page.keyboard.type(corners[3]);

  // a draft stays while something else is looked at
  await page.keyboard.press('Escape');
  await until('the list has the focus', async () => await focused() === 'pending-list');
  await page.keyboard.press('e');
  await until('the panel is back', async () => await focused() === 'zones-first');
  assert.equal(await page.inputValue('#zone-name-new'), 'The yard');
  await tabTo('zone-reason-new');
  await page.keyboard.press('Enter');
  const made = await until('it is declared', () => zoneOf('The yard'));
  assert.equal(made.outline.length, 4);
  assert.deepEqual(made.rules, [{ service: 'police', entry: 'stage_outside' }]);
  const yard = page.locator('article[aria-label="Zone The yard"]');
  await yard.waitFor();
  await see('No gate is named');

  // drawn with clicks: an exception in it
  await yard.getByRole('button', { name: 'Show on map' }).click();
  await page.getByRole('button', { name: 'Declare a zone' }).click();
  await page.fill('#zone-name-new', 'The lane');
  const ring = page.locator('section[aria-label="Outline"]');
  await ring.getByRole('button', { name: 'Draw on the map' }).click();
  await until('the map has room', () => page.evaluate(() => document.querySelector('.map').offsetWidth > 600));
  const canvas = await page.locator('.map .canvas').boundingBox();
  const click = (x, y) => page.mouse.click(canvas.x + canvas.width / 2 + x, canvas.y + canvas.height / 2 + y);
  const points = (n) => until(`${n} points are drawn`, () => page.evaluate((n) => document.getElementById('zone-outline-new').value.trim().split('\n').length === n, n));
  for (const [n, [x, y]] of [[-50, -40], [50, -40], [90, 90], [50, 40], [-50, 40]].entries()) {
    await click(x, y);
    await points(n + 1);
    if (n === 2) { await page.keyboard.press('Backspace'); await points(2); await click(50, 0); await points(3); }
  }
  assert.deepEqual(await violations(page), []);
  await click(-50, -40); // closes it
  await until('it is closed', () => ring.getByRole('button', { name: 'Draw on the map' }).isVisible());
  await page.selectOption('#zone-rule-new-police', 'escort');
  await page.getByLabel('Who goes along with Police').selectOption('fire');
  await page.fill('#zone-authority-new', 'fire marshal');
  await page.fill('#zone-reason-new', 'one lane is kept free');
  await page.keyboard.press('Enter');
  await see('replace it, or declare this one within it');
  assert.equal(await focused(), 'zone-rule-new-police', 'the refusal stands beside the rules');
  await page.getByLabel('Beside zones in force').selectOption(`within:${made.id}`);
  await page.getByRole('button', { name: 'Add a hot, warm or cold part' }).click();
  await page.getByLabel('How dangerous').selectOption('warm');
  const lane = await page.inputValue('#zone-outline-new');
  await page.fill('#zone-part-new-0', lane);
  await page.getByRole('button', { name: 'Add a gate' }).click();
  await page.fill('#zone-gate-new-0-name', 'Lane gate');
  const gate = page.locator('fieldset').filter({ has: page.locator('#zone-gate-new-0-name') });
  await gate.getByRole('button', { name: 'Pick on map' }).first().click();
  await until('the map has room again', () => page.evaluate(() => document.querySelector('.map').offsetWidth > 600));
  await click(0, -40);
  await until('the gate has a place', async () => /^47\./.test(await page.inputValue('#zone-gate-new-0-at')));
  await gate.getByLabel('Rendezvous; none: at the gate').fill('North lot');
  await page.fill('#zone-gate-new-0-meet', line(0, 0.006));
  assert.deepEqual(await violations(page), []);
  await page.locator('#zone-reason-new').press('Enter');
  const drawn = await until('it is declared within the other', () => zoneOf('The lane'));
  assert.equal(drawn.outline.length, 5);
  assert.equal(drawn.within, made.id);
  assert.deepEqual(drawn.rules, [{ service: 'police', entry: 'escort', escort_by: 'fire' }]);
  assert.equal(drawn.parts[0].heat, 'warm');
  assert.match(drawn.gates[0].words, /^Lane gate, .+ \(10T ET /);
  assert.equal(drawn.gates[0].rendezvous.name, 'North lot');
  await see('with an escort of fire');
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });

  // from a file, and amended: its police rule
  await page.getByRole('button', { name: 'Declare a zone' }).click();
  await page.setInputFiles('form[aria-label="Declare a zone"] input[type=file]', { name: 'block.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(JSON.stringify({ type: 'Feature', properties: { name: 'From a file' }, geometry: { type: 'Polygon', coordinates: [[[-122.3, 47.6], [-122.29, 47.6], [-122.29, 47.61], [-122.3, 47.6]]] } })) });
  await see('block.geojson: 3 points');
  assert.equal(await page.inputValue('#zone-name-new'), 'From a file');
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['{"type":"LineString"}'], 'line.json'));
    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
  await see('line.json: The file is no zone');
  await page.getByRole('button', { name: 'Discard' }).click();
  await yard.getByRole('button', { name: 'Amend' }).click();
  await until('why has the focus', async () => await focused() === `zone-why-${made.id}`);
  await page.selectOption(`#zone-rule-${made.id}-police`, 'gates_only');
  await page.getByRole('button', { name: 'Add a gate' }).click();
  await page.fill(`#zone-gate-${made.id}-0-name`, 'South gate');
  await page.fill(`#zone-gate-${made.id}-0-at`, line(0, -0.004));
  await page.locator(`#zone-why-${made.id}`).fill('the leak is small');
  await page.keyboard.press('Enter');
  await until('it is version 2', async () => (await zoneOf('The yard')).version === 2);
  await see('1 earlier version');
  assert.deepEqual((await zoneOf('The yard')).rules, [{ service: 'police', entry: 'gates_only' }]);
  assert.deepEqual(await violations(page), []);

  // a call inside
  const call = await d.api('POST', '/contacts', { channel: 'phone', type: 'theft', location: { text: 'NE 45 St / 12 Av NE', lon: spot.lon - 0.003, lat: spot.lat - 0.003 } });
  const inside = (await d.api('GET', '/board')).body.incidents.find((i) => i.contacts.includes(call.body.id));
  await page.keyboard.press('F2');
  await page.keyboard.type(`S ${inside.number}`);
  await until('the board knows the call', () => page.evaluate((n) => document.querySelector('#command-means').textContent.startsWith(`Select ${n}`), inside.number));
  await page.keyboard.press('Enter');
  await until('it gets its way in', () => page.evaluate(() => /go in by South gate/.test(document.querySelector('.way-in dl')?.textContent ?? '')));
  await d.api('POST', `/zones/${made.id}/amend`, { ...(await zoneOf('The yard')), rules: [{ service: 'police', entry: 'stage_outside' }], why: 'it is not', id: undefined, from: undefined, by: undefined, version: undefined, history: undefined, within: undefined });
  await until('the card follows', () => page.evaluate(() => /for a clearance/.test(document.querySelector('.way-in dl')?.textContent ?? '')));
  let asked = 0;
  page.on('request', (r) => { if (r.url().includes(`/incidents/${inside.id}/recommendation`)) asked++; });
  await d.api('POST', '/clearances', { incident: inside.id, services: ['police'], given_by: 'shift sergeant', until: new Date(Date.parse((await d.api('GET', '/board')).body.now) + 3600_000).toISOString() });
  await until('a clearance given elsewhere shows', () => page.evaluate(() => /CLEARED.*by shift sergeant/.test(document.querySelector('.way-in').textContent)), 3000);
  await until('who can be sent is asked again', () => asked > 0, 3000);
  await page.evaluate(() => document.getElementById('card').focus());
  await page.keyboard.press('q');
  await until('Q opens the clearance', async () => await focused() === 'way-in-who');
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');

  // the end
  await page.evaluate(() => document.getElementById('card').focus());
  await page.keyboard.press('e');
  await page.locator('article[aria-label="Zone The lane"]').getByRole('button', { name: 'End', exact: true }).click();
  await until('the reason has the focus', async () => await focused() === `zone-end-${drawn.id}`);
  await page.keyboard.type('the lane is closed');
  await page.keyboard.press('Enter');
  await until('it has ended', async () => (await zoneOf('The lane')).ended_at);
  await see('Ended within a day');
  await yard.getByRole('button', { name: 'End', exact: true }).click();
  await until('the reason has the focus', async () => await focused() === `zone-end-${made.id}`);
  await page.keyboard.type('the leak is stopped');
  await page.keyboard.press('Enter');
  await until('one can simply go', async () => !(await d.api('GET', '/board')).body.incidents.find((i) => i.id === inside.id).entry);
  await until('the card says nothing of a way in', () => page.evaluate(() => !document.querySelector('.way-in')));
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
  assert.deepEqual(foreign, []);
});
