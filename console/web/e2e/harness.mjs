// Starts the real binary's demo and a real Chromium. EVERYCALL names the binary.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const binary = resolve(process.env.EVERYCALL ?? '../../bin/everycall');
export const wait = (ms) => new Promise((r) => setTimeout(r, ms));

/** polls until the promise's value is truthy, else fails by name */
export async function until(what, test, ms = 20000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await wait(100);
  }
}

export function folder() {
  const dir = mkdtempSync(join(tmpdir(), 'everycall-e2e-'));
  return { dir: join(dir, 'demo'), remove: () => rmSync(dir, { recursive: true, force: true }) };
}

const children = new Set();
/** ends what a failed test left running, so that the run ends too */
export function endAll() { for (const c of children) c.kill('SIGKILL'); }

/** starts the demo and waits for its line */
export async function demo(dir, ...flags) {
  const child = spawn(binary, ['demo', '--data', dir, '--addr', '127.0.0.1:0', '--no-browser', '--token', 'e2e-token', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let out = '', err = '';
  child.stdout.on('data', (d) => (out += d));
  child.stderr.on('data', (d) => (err += d));
  const ended = new Promise((r) => child.on('exit', (code, signal) => { children.delete(child); r({ code, signal }); }));
  const started = Date.now();
  const url = await until('the demo prints its address', () => {
    if (child.exitCode !== null) throw new Error(`the demo ended: ${err}`);
    return out.match(/(http:\/\/127\.0\.0\.1:\d+)\/enter\?code=\S+/);
  }, 60000);
  const api = async (method, path, body) => {
    const res = await fetch(url[1] + '/api/v1' + path, { method, headers: { Authorization: 'Bearer e2e-token', 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
    return { status: res.status, body: await res.json().catch(() => undefined) };
  };
  return { child, enter: url[0], origin: url[1], ms: Date.now() - started, api, ended, errors: () => err, kill: async (signal) => { child.kill(signal); return ended; } };
}

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export async function browser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
}

/** enters the demo in a role and waits for its board */
export async function enterAs(b, d, role) {
  const at = await open(b, d.origin + '/', d.origin);
  await at.page.evaluate((role) => fetch('/api/v1/session/enter', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Everycall': '1' }, body: JSON.stringify({ role }) }), role);
  await at.page.reload();
  await at.page.waitForSelector('#pending-list [role=row]', { timeout: 20000 });
  return at;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** what axe finds wrong with the page as it is, by rule and first place */
export async function violations(page) {
  await page.evaluate(axeSource);
  return page.evaluate(async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map((v) => v.id + ' ' + v.nodes[0].target));
}

/** opens a page that notes every request beyond its own origin, and every error */
export async function open(b, url, origin, options = {}) {
  const context = await b.newContext({ viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce', colorScheme: 'dark', ...options });
  const page = await context.newPage();
  const foreign = [], errors = [];
  page.on('request', (r) => { if (!/^(data|blob):/.test(r.url()) && !r.url().startsWith(origin)) foreign.push(r.url()); });
  page.on('pageerror', (e) => errors.push(e.message));
  await page.goto(url);
  return { page, context, foreign, errors };
}
