// Where somebody is: choices as one types, by keyboard; the pin; travel times over streets
// that obey a closure at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, folder, open, until, violations } from './harness.mjs';

let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

test('a crossing is found, picked and driven to; a closure counts at once', { timeout: 120000 }, async () => {
  const d = await demo(place.dir);
  const at = await open(b, d.enter, d.origin);
  await at.page.waitForSelector('#pending-list [role=row]', { timeout: 20000 });
  const key = (k) => at.page.keyboard.press(k);
  const shown = () => at.page.evaluate(() => [...document.querySelectorAll('#call-places:not([hidden]) [role=option]')].map((o) => o.textContent));

  await key('F6');
  await until('the place has the focus', () => at.page.evaluate(() => document.activeElement?.id === 'call-place'));
  await at.page.keyboard.type('ne 45th and 12th');
  const choices = await until('choices are shown', async () => { const all = await shown(); return all.length > 0 && all; });
  assert.match(choices[0], /12 Av NE \/ NE 45 St|NE 45 St \/ 12 Av NE/i);
  assert.deepEqual(await violations(at.page), []);
  await key('Enter');
  await until('the pin is set', () => at.page.evaluate(() => /Pin at 47\.66/.test(document.querySelector('form.call')?.textContent ?? '')));
  await key('F10');
  const number = await until('a call number is shown', async () => (await at.page.evaluate(() => document.querySelector('.said .big')?.textContent ?? '')).match(/\d+/)?.[0]);
  const incident = (await d.api('GET', '/board')).body.incidents.find((i) => String(i.number) === number);
  assert.match(incident.place, /NE 45 St/);

  const advice = (await d.api('GET', `/incidents/${incident.id}/recommendation`)).body;
  assert.equal(advice.model, 'road');
  const best = advice.units.find((u) => u.known);
  assert.ok(best.travel_ms > 0);

  // Wall the crossing off: whoever is outside has no way in, and is told by what.
  const { lon, lat } = (await d.api('GET', '/places?q=NE+45+St+and+12+Av+NE&limit=1')).body.items[0];
  const wide = 0.002;
  const ring = [[lon - wide, lat - wide], [lon + wide, lat - wide], [lon + wide, lat + wide], [lon - wide, lat + wide]];
  const way = () => d.api('GET', `/route?from_lon=-122.33&from_lat=47.61&to_lon=${lon}&to_lat=${lat}&vehicle=patrol`);
  const free = (await way()).body;
  assert.equal(free.reachable, true);
  assert.ok(free.legs.length > 3 && free.line.length > 10);
  const recorded = await d.api('POST', '/access', { kind: 'area', geometry: ring, direction: 'both', state: 'blocked', source: 'officer on scene', confidence: 'seen', half_life_ms: 3600000 });
  assert.ok(recorded.status < 300, JSON.stringify(recorded.body));
  const shut = await until('the closure counts', async () => { const w = (await way()).body; return !w.reachable && w; });
  assert.equal(shut.blocked_by.length, 1);
  assert.deepEqual(at.foreign, []);
  assert.deepEqual(at.errors, []);
  await at.context.close();
  assert.deepEqual(await d.kill('SIGINT'), { code: 0, signal: null }, d.errors());
});
