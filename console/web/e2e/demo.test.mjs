// The main job in a real browser: open the demo, take a call, see it on the board,
// dispatch a unit, kill the process, start it again, find the call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, demo, endAll, folder, open, until, violations } from './harness.mjs';

const PLACE = '1100 block of E Pike St';
let b, place;
before(async () => { b = await browser(); place = folder(); });
after(async () => { endAll(); await b?.close(); place?.remove(); });

test('take, dispatch, kill, restart, find', { timeout: 180000 }, async () => {
  let d = await demo(place.dir);
  let at = await open(b, d.enter, d.origin);
  await at.page.waitForSelector('#pending-list [role=row]', { timeout: 20000 });

  const board = (await d.api('GET', '/board')).body;
  assert.ok(board.units.length >= 150, `${board.units.length} units on the board`);
  assert.ok(board.incidents.filter((i) => i.state !== 'closed').length >= 30, 'a busy board');
  assert.ok(board.contacts.some((c) => c.outcome.kind === 'held' && c.promises.length > 0), 'somebody is held with a promise');
  const posture = board.postures.find((p) => p.reason_state === 'none_stated');
  assert.ok(posture?.incomplete && posture.reason.startsWith('none stated'), 'the posture without a stated reason is flagged');
  assert.match(await at.page.textContent('body'), /none stated/i);
  for (const kind of ['real', 'pairing', 'invented', 'licence']) assert.ok(board.notices.some((n) => n.kind === kind), `a notice says what is ${kind}`);

  // Take a call by keyboard alone.
  const key = (k) => at.page.keyboard.press(k);
  await key('F6');
  await until('the place has the focus', () => at.page.evaluate(() => document.activeElement?.id === 'call-place'));
  await at.page.keyboard.type(PLACE);
  await key('F10');
  const number = await until('a call number is shown', async () => (await at.page.evaluate(() => document.querySelector('.said .big')?.textContent ?? '')).match(/\d+/)?.[0]);
  const incident = (await d.api('GET', '/board')).body.incidents.find((i) => String(i.number) === number);
  assert.equal(incident.place, PLACE);
  assert.equal(incident.life_safety, true, 'a call of unknown type counts as life-safety');
  await until('it is on the pending list', () => at.page.evaluate(([n, p]) => [...document.querySelectorAll('#pending-list [role=row]')].some((r) => r.textContent.includes(n) && r.querySelector(`[title="${p}"]`)), [number, PLACE]));

  // Dispatch by the command line.
  const free = (await d.api('GET', '/units?limit=1000')).body.items.find((u) => u.free);
  await key('F2');
  await at.page.keyboard.type(`D ${free.id} ${number}`);
  await key('Enter');
  const sent = await until('the unit is on the call', async () => {
    const i = (await d.api('GET', `/incidents/${incident.id}`)).body;
    return i.assignments.some((a) => a.unit === free.id) && i;
  });
  assert.ok(sent.timeline.some((l) => l.text.includes(free.id)), 'the timeline says so');
  assert.deepEqual(await violations(at.page), []);
  assert.deepEqual(at.foreign, [], 'no request beyond the origin');
  assert.deepEqual(at.errors, [], 'no error on the page');
  const before = (await d.api('GET', '/board')).body.seq;
  await at.context.close();

  // A power cut for the process, and again.
  await d.kill('SIGKILL');
  d = await demo(place.dir);
  at = await open(b, d.enter, d.origin);
  await at.page.waitForSelector('#pending-list [role=row]', { timeout: 20000 });
  const again = (await d.api('GET', `/incidents/${incident.id}`)).body;
  assert.equal(String(again.number), number);
  assert.equal(again.place, PLACE);
  assert.ok(again.assignments.some((a) => a.unit === free.id), 'the assignment is there');
  assert.ok(again.timeline.length >= 3, 'the timeline is whole');
  assert.ok((await d.api('GET', '/board')).body.seq >= before, 'nothing is lost');
  await key2(at.page, 'F2');
  await at.page.keyboard.type(`S ${number}`);
  await key2(at.page, 'Enter');
  await until('the page shows it', () => at.page.evaluate((p) => document.body.textContent.includes(p), PLACE));
  assert.deepEqual(at.foreign, []);
  await at.context.close();

  // A clean end.
  const end = await d.kill('SIGINT');
  assert.deepEqual(end, { code: 0, signal: null }, d.errors());
});

const key2 = (page, k) => page.keyboard.press(k);

test('the bare address offers to enter, and only that', { timeout: 60000 }, async () => {
  const own = folder();
  const d = await demo(own.dir);
  try {
    const at = await open(b, d.origin + '/', d.origin);
    await until('enter as…', () => at.page.evaluate(() => /enter as/i.test(document.body.textContent)));
    assert.equal((await fetch(d.origin + '/api/v1/board')).status, 401);
    assert.equal((await fetch(d.enter, { redirect: 'manual' })).headers.get('location'), '/');
    assert.equal((await fetch(d.enter, { redirect: 'manual' })).headers.get('location'), '/?used', 'the address works once');
    await at.context.close();
  } finally {
    await d.kill('SIGINT');
    own.remove();
  }
});
