// How more is sent than one unit, in a real browser: a second alarm by key, a further service, a neighbour asked for help
// who says who is on the way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, enterAs, folder, until, violations } from './harness.mjs';

let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

test('alarm levels, services and mutual aid', { timeout: 120000 }, async () => {
  const d = await demo(place.dir);
  const { page, errors } = await enterAs(b, d, 'supervisor');
  const shows = (text) => page.evaluate((t) => document.querySelector('.app').innerText.includes(t), text);
  const see = (text) => until(`the page shows ${text}`, () => shows(text));
  const fire = (await d.api('POST', '/contacts', { channel: 'phone', type: 'fire-building', location: { text: '700 block of 4 Av', lon: -122.3296, lat: 47.6097 } })).body;
  await page.keyboard.press('F2');
  await page.keyboard.type(`S ${fire.call_number}`);
  await until('the board knows the call', () => page.evaluate((n) => document.querySelector('#command-means').textContent.startsWith(`Select ${n}`), fire.call_number));
  await page.keyboard.press('Enter');
  await see('ALARM 1 of 3');
  await see('0 of 2 engine');
  await page.locator('#card').focus();
  await page.keyboard.press('+');
  await page.fill('#card-reason', 'flames at two windows');
  await page.keyboard.press('Enter');
  await see('ALARM 2 of 3');
  await see('of 4 engine');
  await page.getByRole('button', { name: 'Add a service' }).click();
  await page.locator('#share-service').selectOption('police');
  await page.locator('form[aria-label="Add a service"] input').nth(1).fill('a crowd gathers');
  await page.keyboard.press('Enter');
  await see('nobody was sent yet');
  assert.deepEqual(await violations(page), []);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/level.png` });

  await page.locator('#card').focus();
  await page.keyboard.press('f');
  await page.getByRole('button', { name: 'Ask, or asked' }).click();
  await page.fill('#aid-agency', 'Shoreline Fire');
  await page.fill('#aid-needs', '1 engine');
  await page.getByLabel('Why', { exact: true }).fill('a second alarm');
  await page.getByRole('button', { name: 'Write down' }).click();
  await see('ASKED');
  await page.getByRole('button', { name: 'Accept' }).click();
  await see('ACCEPTED');
  await page.getByRole('button', { name: 'On its way' }).click();
  await page.fill('#aid-words', 'SH1 fire engine engine 4');
  await page.locator('form[aria-label^="On its way"] button.go').click();
  await see('SENT');
  assert.deepEqual(await violations(page), []);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/aid.png` });
  const unit = (await d.api('GET', '/board')).body.units.find((u) => u.id === 'SH1');
  assert.equal(unit?.owner, 'Shoreline Fire');
  assert.equal((await d.api('GET', '/notifier')).body.enabled, false);
  assert.deepEqual(errors, []);
});
