// Claims in a real browser: one is recorded, a bulletin on a contradicted one is refused and answered for by name, a
// downgrade puts it in question; a contact is made confidential, and a named reader looks once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, enterAs, folder, until, violations } from './harness.mjs';

let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

test('what is said, what is told, what is kept confidential', { timeout: 120000 }, async () => {
  const d = await demo(place.dir);
  const { page, errors } = await enterAs(b, d, 'supervisor');
  const shows = (text) => page.evaluate((t) => document.querySelector('.app').innerText.includes(t), text);
  const see = (text) => until(`the page shows ${text}`, () => shows(text));
  await page.keyboard.press('F3');
  await page.keyboard.press('m');
  await see('Write a bulletin');
  await page.getByRole('button', { name: 'Record a claim' }).click();
  await page.fill('#claim-role', 'shop at the corner');
  await page.getByLabel('Kind').selectOption('business');
  await page.getByLabel('Statement', { exact: true }).fill('was asked to pay');
  await page.locator('form[aria-label="Record a claim"] button.go').click();
  await see('was asked to pay');

  await page.getByRole('button', { name: 'Write a bulletin' }).click();
  await page.fill('#bulletin-text', 'Fees are claimed by one side and denied by the other.');
  await page.getByLabel('Cite cl1 in the bulletin').check();
  await page.getByRole('button', { name: 'Issue' }).click();
  await see('bulletin_contradicted');
  assert.deepEqual(await violations(page), []);
  await page.fill('#bulletin-why', 'both sides are named as such');
  await page.getByRole('button', { name: /Issue/ }).click();
  await see('answers for it');
  await page.getByRole('button', { name: 'Grade' }).first().click();
  await page.getByLabel('New grade').selectOption('denied');
  await page.fill('#card-reason', 'the source took it back');
  await page.keyboard.press('Enter');
  await see('in question');
  assert.deepEqual(await violations(page), []);

  const id = (await d.api('POST', '/contacts', { channel: 'phone', type: 'noise', location: { text: '700 block of 4 Av', lon: -122.3296, lat: 47.6097 }, narrative: 'PRIVATEWORDS' })).body.call_number;
  await page.keyboard.press('F2');
  await page.keyboard.type(`S ${id}`);
  await until('the board knows the call', () => page.evaluate((n) => document.querySelector('#command-means').textContent.startsWith(`Select ${n}`), id));
  await page.keyboard.press('Enter');
  await see('PRIVATEWORDS');
  await page.getByRole('button', { name: 'Make confidential…' }).click();
  await page.locator('form[aria-label="Make confidential"] input').nth(1).fill('the caller is afraid');
  await page.keyboard.press('Enter');
  await see('CONFIDENTIAL');
  await until('the words are gone', async () => !(await shows('PRIVATEWORDS')) && !(await page.evaluate(() => document.querySelector('#card').innerText.includes('700 block'))));
  await page.getByRole('button', { name: 'Look', exact: true }).click();
  await page.locator('form[aria-label="Look once"] input').fill('to ring back');
  await page.keyboard.press('Enter');
  await see('PRIVATEWORDS');
  await see('Looked:');
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
});
