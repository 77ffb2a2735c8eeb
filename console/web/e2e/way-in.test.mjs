// A call in a closed zone: one gate for all services, what each does and by what right; a
// clearance given on the card counts at once, and a protocol says what a caller may be told.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, enterAs, folder, until, violations } from './harness.mjs';

let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

test('a clearance given on the card lets a service in at once', { timeout: 120000 }, async () => {
  const d = await demo(place.dir);
  const { items: [spot] } = (await d.api('GET', '/places?q=NE+45+St+and+12+Av+NE&limit=1')).body;
  const square = (half) => [[-half, -half], [half, -half], [half, half], [-half, half]].map(([x, y]) => [spot.lon + x, spot.lat + y]);
  const zone = { name: 'The yard', outline: square(0.004), authority: 'duty commander', reason: 'a leak', rules: [{ service: 'police', entry: 'stage_outside' }, { service: 'ems', entry: 'escort', escort_by: 'police' }],
    gates: [{ name: 'South gate', lon: spot.lon, lat: spot.lat - 0.004, rendezvous: { name: 'South meeting point', lon: spot.lon, lat: spot.lat - 0.005 } }] };
  const made = await d.api('POST', '/zones', zone);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const call = await d.api('POST', '/contacts', { channel: 'phone', type: 'theft', location: { text: 'NE 45 St / 12 Av NE', lon: spot.lon, lat: spot.lat } });
  const number = (await d.api('GET', '/board')).body.incidents.find((i) => i.contacts.includes(call.body.id)).number;

  const at = await enterAs(b, d, 'supervisor');
  const text = (selector) => at.page.evaluate((s) => document.querySelector(s)?.textContent ?? '', selector);
  await at.page.keyboard.press('F2');
  await at.page.keyboard.type(`S ${number}`);
  await at.page.keyboard.press('Enter');
  await until('one gate and one rendezvous', async () => /South gate.*meet at South meeting point/.test(await text('.way-in .gate')));
  assert.match(await text('.way-in dl'), /wait at South meeting point.*for a clearance/);
  assert.match(await text('.way-in dl'), /go in with police/);
  assert.deepEqual(await violations(at.page), []);

  await at.page.click('.way-in >> text=Give clearance…');
  await until('the role has the focus', () => at.page.evaluate(() => document.activeElement?.id === 'way-in-who'));
  await at.page.keyboard.type('shift sergeant');
  assert.deepEqual(await violations(at.page), []);
  await at.page.keyboard.press('Enter');
  await until('it counts', async () => /go in by South gate.*by clearance ec1 until/.test(await text('.way-in dl')));
  if (process.env.SHOT) await at.page.screenshot({ path: process.env.SHOT });

  const incident = (await d.api('GET', '/board')).body.incidents.find((i) => i.number === number).id;
  await d.api('POST', '/clearances/ask', { incident, services: ['fire'], required_by: 'engine officer' });
  await until('what is asked for shows', async () => /required by engine officer/.test(await text('.way-in')));
  await at.page.click('.way-in >> text=Give it…');
  await until('the role has the focus again', () => at.page.evaluate(() => document.activeElement?.id === 'way-in-who'));
  await at.page.keyboard.type('shift sergeant');
  await at.page.keyboard.press('Enter');
  await until('the one asked for is given, and no other', async () => { const all = (await d.api('GET', '/board')).body.clearances; return all.length === 2 && all.every((c) => c.state === 'given'); });

  await until('the form is closed', async () => /Advise caller/.test(await text('.way-in')));
  await at.page.click('.way-in >> text=Advise caller…');
  await until('what to say names the gate', () => at.page.evaluate(() => /South gate/.test(document.getElementById('way-in-who')?.value ?? '')));
  assert.equal(await at.page.evaluate(() => document.querySelector('.way-in form input[type=checkbox]').disabled), true, 'this protocol does not allow movement');
  await at.page.keyboard.press('Enter');
  await until('what was said is kept', async () => /caller told by WAIT/.test(await text('.way-in')));
  assert.deepEqual(at.foreign, []);
});
