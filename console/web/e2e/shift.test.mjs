// A shift in a real browser: two calls are linked and merged, one gets a case number and a tow, a major incident is
// declared, a BOLO is issued and acknowledged, the desk is handed over and printed, and a past call is found.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, enterAs, folder, until, violations } from './harness.mjs';

let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

test('what a shift does besides sending units', { timeout: 120000 }, async () => {
  const d = await demo(place.dir);
  const { page, errors } = await enterAs(b, d, 'supervisor');
  const shows = (text) => page.evaluate((t) => document.querySelector('.app').innerText.includes(t), text);
  const see = (text) => until(`the page shows ${text}`, () => shows(text));
  const call = async (text) => (await d.api('POST', '/contacts', { channel: 'phone', type: 'noise', location: { text, lon: -122.3296, lat: 47.6097 }, narrative: `said at ${text}` })).body;
  const one = await call('700 block of 4 Av'), two = await call('4 Av and Cherry St');
  const select = async (n) => {
    await page.keyboard.press('F2');
    await page.keyboard.type(`S ${n}`);
    await until('the board knows the call', () => page.evaluate((x) => document.querySelector('#command-means').textContent.startsWith(`Select ${x}`), n));
    await page.keyboard.press('Enter');
    await until('it is in hand', () => page.evaluate((x) => document.querySelector('#card')?.getAttribute('aria-label') === `Call ${x}`, n));
  };
  const card = page.locator('#card');
  /** what a form did may show before its answer is here */
  const done = (form) => until(`the ${form} form is done`, () => page.evaluate((f) => !document.querySelector(`form[aria-label="${f}"]`), form));
  await select(two.call_number);
  await see('here before');
  await card.getByRole('button', { name: 'Link', exact: true }).click();
  await page.fill('#linked-first', String(one.call_number));
  await page.locator('form[aria-label=link] input').nth(1).fill('two callers, one crash');
  await page.keyboard.press('Enter');
  await see('related to');
  await done('link');
  await card.getByRole('button', { name: 'Case number' }).click();
  await page.locator('form[aria-label=case] button.go').click();
  await see('PD-');
  await done('case');
  await card.getByRole('button', { name: 'Merge' }).click();
  await page.fill('#linked-first', String(one.call_number));
  await page.locator('form[aria-label=merge] input').nth(1).fill('seen from two sides');
  await page.keyboard.press('Enter');
  await until('the other call is in hand', () => page.evaluate((n) => document.querySelector('#card').getAttribute('aria-label') === `Call ${n}`, one.call_number));
  await see('took in');
  await see('PD-');

  await card.getByRole('button', { name: 'Call a provider' }).click();
  await page.locator('form[aria-label="Call a provider"] select').nth(1).selectOption('birch');
  await page.getByLabel('Why those before are skipped').fill('only they lift a van');
  await page.keyboard.press('Enter');
  await see('skipped alder');
  await page.getByRole('button', { name: 'Comes' }).click();
  await see('ACCEPTED');
  await card.getByRole('button', { name: 'Major incident' }).click();
  await page.locator('form[aria-label=major] input').nth(1).fill('Battalion 5');
  await page.locator('form[aria-label=major] input').nth(2).fill('TAC 4');
  await page.locator('form[aria-label=major] input').nth(4).fill('many hurt');
  await page.keyboard.press('Enter');
  await see('MAJOR INCIDENT');
  await done('major');
  await card.getByRole('button', { name: 'Add an objective' }).click();
  await page.fill('#linked-first', 'nobody left in the cars');
  await page.keyboard.press('Enter');
  await see('nobody left in the cars');
  assert.deepEqual(await violations(page), []);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/card.png` });

  await page.keyboard.press('F3');
  await page.keyboard.press('0');
  await see('Page to print');
  await page.getByRole('button', { name: 'Issue a BOLO' }).click();
  await page.getByLabel('What to look for').fill('white van, no plates; do not stop it alone');
  await page.getByLabel('Rests on call number').fill(String(one.call_number));
  await page.locator('form[aria-label="Issue a BOLO"] button.go').click();
  await see('do not stop it alone');
  await page.getByRole('button', { name: 'Has it' }).click();
  await see('1 have it');
  await page.getByRole('button', { name: 'Hand it over' }).click();
  await page.fill('#handover-to', 'cat');
  await page.keyboard.press('Enter');
  await see('offered to cat');
  await page.getByLabel('Call or case number').fill(String(one.call_number));
  await page.locator('form[aria-label="Search past calls"] button.go').click();
  await see('1 found');
  assert.deepEqual(await violations(page), []);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/shift.png` });

  const printed = await page.context().newPage();
  await printed.goto(`${d.origin}/handover`);
  assert.match(await printed.evaluate(() => document.body.innerText), /Handover:.*\n[\s\S]*offered to cat/);
  assert.equal(await printed.evaluate(() => document.scripts.length), 0);
  if (process.env.SHOTS) await printed.screenshot({ path: `${process.env.SHOTS}/print.png`, fullPage: true });
  assert.deepEqual(errors, []);
});
