// The map in a real browser: what it says of ways and zones, in words, with age and source, for the pointer and the keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, folder, open, until, violations } from './harness.mjs';

let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

const LAKE = [-122.262, 47.63]; // nothing else is drawn here
/** a fact seen so many minutes before the board was made, believed for two hours */
const fact = (now, id, kind, state, geometry, minutes, note) => ({ id, kind, geometry, state, current: state, direction: 'both', classes: [], source: 'E25', confidence: 'seen', observed_at: new Date(Date.parse(now) - minutes * 60000).toISOString(), half_life_ms: 7200000, note });

test('ways and zones in words', { timeout: 180000 }, async () => {
  const d = await demo(place.dir);
  const { page, foreign, errors } = await open(b, d.enter, d.origin);
  await page.waitForSelector('#pending-list [role=row]', { timeout: 20000 });
  await page.route('**/api/v1/board', async (route) => {
    const response = await route.fetch(), board = await response.json();
    const street = [[-122.321, 47.6163], [-122.315, 47.6163]];
    board.access.push(fact(board.now, 'e1', 'point', 'blocked', [LAKE], 12, 'Concrete'), fact(board.now, 'e2', 'line', 'delayed', street, 5, 'A march'), fact(board.now, 'e3', 'area', 'restricted', [...street, [-122.315, 47.617]], 5, 'Tents'),
      fact(board.now, 'e4', 'line', 'blocked', street, 400, 'A burnt car'), fact(board.now, 'e5', 'point', 'open', [street[0]], 1, 'Cleared'));
    await route.fulfill({ json: board });
  });
  await page.reload();
  await page.waitForSelector('.map canvas', { timeout: 20000 });
  const legend = () => page.evaluate(() => document.querySelector('#map-legend')?.innerText ?? '');

  await page.getByRole('button', { name: 'Legend' }).click();
  const said = await until('the legend is open', legend);
  for (const words of [/Blocked: Concrete\n+Seen \d+ min ago, .+\n+Source: E25/, /Delayed: A march/, /Restricted: Tents/, /Not known any more: A burnt car\n+Blocked when last seen; too long ago to rely on\n+Seen 6 h \d\d ago/, /Open: Cleared/, /Declared zone, Capitol Hill\n+Police for life safety only\n+Fire stages outside/, /One way/, /Gate of a zone/]) assert.match(said, words);
  assert.deepEqual(await violations(page), []);

  // By keyboard to the place, then the pointer's note, which a click keeps and Escape closes.
  await page.getByRole('button', { name: 'Blocked: Concrete' }).focus();
  await page.keyboard.press('Enter');
  const box = await page.locator('.map canvas').boundingBox();
  const note = () => page.evaluate(() => document.querySelector('.map-note')?.innerText ?? '');
  await until('the note is shown', async () => {
    await page.mouse.move(box.x + box.width / 2 + Math.random(), box.y + box.height / 2);
    return /^Blocked: Concrete\n+Seen \d+ min ago.+\n+Source: E25/.test(await note());
  });
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await until('the note stays', () => page.evaluate(() => !!document.querySelector('.map-note .maplibregl-popup-close-button')));
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');
  await until('the note is closed', () => page.evaluate(() => !document.querySelector('.map-note .maplibregl-popup-close-button')));
  assert.deepEqual(foreign, [], 'no request beyond the origin');
  assert.deepEqual(errors, [], 'no error on the page');
  await d.kill('SIGINT');
});
