// Screenshots, a keyboard walk and axe against the stand-in. node dev/shots.mjs OUTDIR   (CHROMIUM=/path/to/chromium)
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const out = process.argv[2] ?? 'shots';
mkdirSync(out, { recursive: true });
const PORT = 8097;
const mock = spawn(process.execPath, [fileURLToPath(new URL('./mock.mjs', import.meta.url)), String(PORT), '--still'], { stdio: 'inherit' });
process.on('exit', () => mock.kill());
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const URL0 = `http://127.0.0.1:${PORT}/`;
await new Promise((r) => setTimeout(r, 700));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const foreign = new Set();
let failed = 0;
const check = (name, ok, extra = '') => { console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} ${extra}`); if (!ok) failed++; };

async function open(theme, width, height) {
  const ctx = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', colorScheme: theme === 'day' ? 'light' : 'dark' });
  const page = await ctx.newPage();
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !/GL Driver|GPU stall/.test(m.text())) console.log(`[${m.type()}]`, m.text()); });
  page.on('pageerror', (e) => console.log('[pageerror]', e.message));
  page.on('request', (r) => { if (!/^(data|blob):/.test(r.url()) && !r.url().startsWith(URL0)) foreign.add(r.url()); });
  await page.goto(URL0);
  await page.waitForSelector('#pending-list [role=row]', { timeout: 10000 });
  return page;
}
async function axe(page, name) {
  await page.evaluate(axeSource);
  const r = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  check(`axe ${name}`, r.violations.length === 0, r.violations.map((v) => `\n     ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join('\n        ')}`).join(''));
}
const text = (page, sel) => page.textContent(sel);

for (const [theme, w, h] of [['night', 1920, 1080], ['day', 1920, 1080], ['night', 1366, 768], ['day', 1366, 768]]) {
  const page = await open(theme, w, h);
  await wait(w === 1920 && theme === 'night' ? 9000 : 7000);
  await page.screenshot({ path: `${out}/board-${theme}-${w}.png` });
  await axe(page, `board ${theme} ${w}`);
  for (const [panel, key] of [['ring', 'b'], ['desks', 'k'], ['clear', 'l'], ['postures', 'p'], ['call', 'F6'], ['sweep', 'F8']]) {
    await page.keyboard.press('Escape');
    await page.keyboard.press(key);
    await wait(400);
    if (panel === 'call') { await page.keyboard.type('Broadway / Pine St'); await page.focus('#call-what'); await page.keyboard.type('shot'); await wait(150); }
    await page.screenshot({ path: `${out}/${panel}-${theme}-${w}.png` });
    await axe(page, `${panel} ${theme} ${w}`);
  }
  await page.context().close();
}

{ // the keyboard walk
  const page = await open('night', 1920, 1080);
  const key = (k) => page.keyboard.press(k);
  await key('F3'); await key('End'); await wait(200);
  check('arrows select', (await page.getAttribute('#pending-list', 'aria-activedescendant'))?.startsWith('pending-'));
  await key('Home'); await wait(400);
  await key('F2'); await page.keyboard.type('d 3e');
  await key('Tab');
  check('Tab completes a unit', /^d 3E\d $/.test(await page.inputValue('#command-line')), await page.inputValue('#command-line'));
  await page.keyboard.type('2034');
  check('read-back', /Dispatch 3E\d → 2034/.test(await text(page, '#command-means')), await text(page, '#command-means'));
  await key('Enter'); await wait(500);
  console.log('     said:', await text(page, '#command-means'));
  await key('Escape');
  await key('F3'); await key('Home'); await wait(500); await key('Enter'); await wait(100);
  check('Enter goes to the best unit', (await page.evaluate(() => document.activeElement?.id)) === 'advice-1');
  await key('Enter'); await wait(600);
  check('Enter sends it', (await text(page, '#card')).includes('Units'));
  await page.screenshot({ path: `${out}/card-active.png` });
  await page.keyboard.press('F2'); await page.keyboard.type('s 2038'); await key('Enter'); await wait(500);
  await key('F3'); await key('h'); await wait(200); await key('Enter'); await wait(500);
  check('hold with promise: H Enter', (await text(page, '#card')).includes('Promised: A call-back within 20 minutes'));
  await page.screenshot({ path: `${out}/card-held.png` });
  await page.keyboard.press('F2'); await page.keyboard.type('h 2032 20'); await key('Enter'); await wait(400);
  check('a refusal is shown in words', (await text(page, '.refused')).includes('life-safety'));
  await page.screenshot({ path: `${out}/refusal.png` });
  await key('Escape');
  await key('F6'); await wait(100); await page.keyboard.type('Broadway / Pine St'); await key('F10'); await wait(500);
  check('call saved, words for the caller', (await text(page, '.hand')).includes('Tell the caller'));
  await page.screenshot({ path: `${out}/call-saved.png` });
  await page.keyboard.press('F2'); await page.keyboard.type('why 2048'); await key('Enter'); await wait(500);
  check('why: what decides is marked', await page.evaluate(() => document.querySelectorAll('#why-chain .counts').length > 0));
  await page.screenshot({ path: `${out}/why.png` });
  await axe(page, 'why');
  await key('Escape'); await key('F9'); await wait(400);
  check('F9 acknowledges', !(await text(page, '.alarms')).includes('Emergency button'));
  await page.locator('.tabs').getByRole('button', { name: 'Postures' }).click(); await wait(300);
  await page.screenshot({ path: `${out}/postures-dispatcher.png` });
  await page.getByRole('button', { name: 'What is real here' }).click(); await wait(200);
  await page.screenshot({ path: `${out}/notices.png` });
  await axe(page, 'notices');
  await page.setViewportSize({ width: 640, height: 900 }); await wait(400);
  check('reflow at 640 px', await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.screenshot({ path: `${out}/narrow.png` });
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.evaluate(() => fetch('/api/v1/session', { method: 'DELETE', headers: { 'X-Everycall': '1' } }));
  await page.reload(); await wait(700);
  await page.screenshot({ path: `${out}/signin.png` });
  await axe(page, 'sign-in');
  await page.getByRole('button', { name: /supervisor/ }).click(); await wait(1500);
  await page.locator('.tabs').getByRole('button', { name: 'Postures' }).click(); await wait(300);
  await page.getByRole('button', { name: 'Look and declare' }).click(); await wait(300);
  check('a proposed preset is one key away', (await page.evaluate(() => document.activeElement?.id)) === 'preset-reason');
  await page.screenshot({ path: `${out}/postures-supervisor.png` });
  await axe(page, 'postures supervisor');
  await page.context().close();
}
check('no request left the origin', foreign.size === 0, [...foreign].join(' '));
await browser.close();
mock.kill();
process.exit(failed ? 1 : 0);
