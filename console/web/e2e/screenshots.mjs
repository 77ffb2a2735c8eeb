// The pictures in docs/, taken from the running demo: make screenshots.
import { mkdirSync } from 'node:fs';
import { browser, demo, folder, open, wait } from './harness.mjs';

const out = new URL('../../../docs/', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
/** a smaller zone within the demo's, with a hot part, a gate, a rendezvous and a hazard; all invented */
async function fill(d) {
  const { items: [zone] } = (await d.api('GET', '/zones')).body;
  const [w, s] = [Math.min(...zone.outline.map((p) => p[0])), Math.min(...zone.outline.map((p) => p[1]))];
  const at = (x, y) => [w + x, s + y];
  const made = await d.api('POST', '/zones', {
    name: 'Blocks around the park (invented)', within: zone.id, outline: [at(0.0004, 0.0015), at(0.0022, 0.0015), at(0.0022, 0.0034), at(0.0004, 0.0034)], authority: 'duty commander', reason: 'barricades at several corners',
    rules: [{ service: 'police', entry: 'stage_outside' }, { service: 'fire', entry: 'gates_only' }, { service: 'ems', entry: 'escort', escort_by: 'police' }],
    parts: [{ heat: 'hot', outline: [at(0.0006, 0.0024), at(0.002, 0.0024), at(0.002, 0.0032), at(0.0006, 0.0032)] }, { heat: 'warm', outline: [at(0.0006, 0.0016), at(0.002, 0.0016), at(0.002, 0.0023), at(0.0006, 0.0023)] }],
    gates: [{ name: 'South gate (invented)', lon: at(0.0013, 0)[0], lat: at(0, 0.0015)[1], rendezvous: { name: 'Lot south of it (invented)', lon: at(0.0013, 0)[0], lat: at(0, -0.0006)[1] } }],
  });
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  const [lon, lat] = at(0.0027, 0.002);
  await d.api('POST', '/hazards', { location: { text: 'a block of the zone (invented)', lon, lat }, radius_m: 40, level: 3, text: 'gas smelled (invented)', review_by: new Date(Date.parse((await d.api('GET', '/board')).body.now) + 86400000).toISOString() });
}
async function zones(page, d) {
  await fill(d);
  await page.getByRole('article', { name: 'Zone Blocks' }).getByRole('button', { name: 'Show on map' }).click();
  await wait(2500);
}
async function drawing(page) {
  await page.getByRole('article', { name: 'Zone Declared zone' }).getByRole('button', { name: 'Show on map' }).click();
  await page.getByRole('button', { name: 'Declare a zone' }).click();
  await page.fill('#zone-name-new', 'The lane');
  await page.getByRole('button', { name: 'Draw on the map' }).click();
  await wait(2500); // the map takes the units' place
  const box = await page.locator('.map .canvas').boundingBox();
  for (const [x, y] of [[0.545, 0.4], [0.595, 0.4], [0.595, 0.62], [0.545, 0.62]]) { await page.mouse.click(box.x + box.width * x, box.y + box.height * y); await wait(400); }
  await wait(1000);
}

const b = await browser(), place = folder();
const d = await demo(place.dir);

/** a plan that is under way for the station that is lost, and an agreement that lasts two hours */
async function beforehand() {
  const { now, stations, zones, liaisons } = (await d.api('GET', '/board')).body;
  const inHours = (n) => new Date(Date.parse(now) + n * 3600000).toISOString();
  const lost = stations.find((s) => s.state !== 'open'), zone = zones[0], liaison = liaisons[0];
  const { items: [list] } = (await d.api('GET', '/plans/templates')).body;
  const steps = list.steps.map((s) => ({ text: s.text, owner: s.owner, due: inHours(s.after_ms / 3600000) }));
  for (const [path, body] of [
    ['/plans', { for: `station:${lost.id}`, title: `Back into ${lost.name}`, authority: 'duty commander', review_by: inHours(24), steps }],
    ['/plans/pl1/steps/1/done', { note: 'two doors to mend' }],
    [`/liaisons/${liaison.id}/attempts`, { result: 'no_answer' }],
    [`/liaisons/${liaison.id}/attempts`, { result: 'reached', note: 'will ask the others about a lane' }],
    ['/agreements', { liaison: liaison.id, zone: zone.id, terms: 'invented for this picture: one lane stays free for engines', services: ['fire', 'ems'], gates: [zone.gates[0].id], until: inHours(2), agreed_by: 'fire liaison officer', witnessed_by: 'head of the street department' }],
  ]) {
    const made = await d.api('POST', path, body);
    if (made.status >= 300) throw new Error(`${path}: ${JSON.stringify(made.body)}`);
  }
}

try {
  for (const [name, options, keys, given, then] of [
    ['board-night', { colorScheme: 'dark' }, ['F3', 'Home']],
    ['board-day', { colorScheme: 'light' }, ['F3', 'Home']],
    ['sweep', { colorScheme: 'dark' }, ['F8']],
    ['call', { colorScheme: 'dark' }, ['F6']],
    ['stations', { colorScheme: 'dark' }, ['F3', 'i'], beforehand],
    ['liaison', { colorScheme: 'light' }, ['F3', 'r']],
    ['zones', { colorScheme: 'dark', viewport: { width: 1920, height: 1080 } }, ['F3', 'e'], undefined, zones],
    ['zone-drawn', { colorScheme: 'light' }, ['F3', 'e'], undefined, drawing],
  ]) {
    if (process.argv[2] && !process.argv.slice(2).includes(name)) continue; // some of them by name
    await given?.();
    const at = await open(b, d.origin + '/', d.origin, { viewport: { width: 1600, height: 900 }, ...options });
    await at.page.evaluate(() => fetch('/api/v1/session/enter', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Everycall': '1' }, body: '{"role":"supervisor"}' }));
    await at.page.reload();
    await at.page.waitForSelector('#pending-list [role=row]', { timeout: 20000 });
    await wait(6000);
    for (const k of keys) { await at.page.keyboard.press(k); await wait(700); }
    await then?.(at.page, d);
    await wait(1500);
    await at.page.screenshot({ path: `${out}${name}.png` });
    await at.context.close();
  }
} finally {
  await d.kill('SIGINT');
  await b.close();
  place.remove();
}
