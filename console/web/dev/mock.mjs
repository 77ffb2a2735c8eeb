// A stand-in for the server while the console is being written: serves ../dist and /api/v1 from invented fixtures.
// node dev/mock.mjs [port] [--still]      --still: nothing moves by itself (for screenshots)
import { createServer } from 'node:http';
import { readFileSync, existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { between, dice, iso, makeBoard, presets, START } from './fixtures.mjs';
import { rationing } from './rationing.mjs';
import { tile } from './tiles.mjs';

const port = Number(process.argv[2]) || 8099;
const still = process.argv.includes('--still');
const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const board = makeBoard();
const CSP = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };
let role = 'dispatcher';
let seq = board.seq;
let nextNumber = 2100;
const booted = Date.now();
const now = () => (still ? START : START + (Date.now() - booted) * board.clock.speed);
const streams = new Set();
const find = (t, id) => board[t].find((r) => r.id === id);

function emit(kind, text, rows = {}) {
  const data = JSON.stringify({ seq: ++seq, at: iso(now()), kind, text, ...rows });
  board.seq = seq;
  for (const s of streams) s.write(`id: ${seq}\nevent: change\ndata: ${data}\n\n`);
}
const say = (event, data) => { for (const s of streams) s.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`); };

function beat() {
  say('clock', { now: iso(now()), speed: board.clock.speed, frozen: false });
}
setInterval(beat, 5000);
setInterval(() => say('positions', { at: iso(now()), units: still ? [] : board.units.filter((u) => u.status === 'enroute').map((u) => { u.position.lon += between(-0.0006, 0.0006); u.position.lat += between(-0.0006, 0.0006); return [u.id, u.position.lon, u.position.lat]; }) }), 1000);
const LIVE = Number(process.env.MOCK_HZ) || 2;
if (!still) setInterval(() => {
  const u = board.units[Math.floor(dice() * board.units.length)];
  if (!u.incident) return;
  u.status = { dispatched: 'enroute', enroute: 'on_scene', on_scene: 'on_scene', transporting: 'at_hospital' }[u.status] ?? u.status;
  u.status_since = iso(now());
  const i = find('incidents', u.incident);
  for (const a of i.assignments) if (a.unit === u.id) { a.status = u.status; a.since = u.status_since; }
  emit('unit_status_changed', `${u.id} is ${u.status.replace('_', ' ')}, call ${i.number}`, { units: [u], incidents: [i] });
}, 1000 / LIVE);

const refuse = (status, code, detail, errors) => ({ status, body: { type: `about:${code}`, title: 'Refused', status, code, detail, errors } });
const km = (a, b) => Math.hypot((a.lon - b.lon) * 75.2, (a.lat - b.lat) * 111.2);

function recommend(i) {
  const units = board.units.filter((u) => u.service === i.service && u.status !== 'out_of_service').map((u) => ({ u, d: km(u.position, i.position) * 1.3 })).sort((a, b) => (b.u.free - a.u.free) || a.d - b.d).slice(0, 12);
  return { model: 'straight_line', model_note: 'Distance times 1.3 at a fitted speed; roads and barriers are not followed yet.', units: units.map(({ u, d }, n) => ({ unit: u.id, kind: u.kind, travel_ms: Math.round(d * 105000), distance_m: Math.round(d * 1000), rank: n + 1, fits: u.free, reasons: [u.free ? (n ? 'free' : 'nearest free unit') : 'busy on another call', ...(u.beat === i.beat ? ['own beat'] : [])], position_age_ms: n * 20000 })), plan: { needs: [{ capability: i.service, count: i.priority === 1 ? 2 : 1 }], chosen: [units[0]?.u.id], missing: i.type === 'CARD' ? ['1 ladder crew'] : [] } };
}

function api(method, path, q, body) {
  const p = path.split('/').slice(1).map(decodeURIComponent);
  if (path === '/session') return method === 'GET' ? (role ? { body: { name: 'K. Invented', role, roles: [role], demo: true } } : { status: 401, body: { type: 'demo', status: 401, code: 'signed_out', detail: 'Nobody is signed in here.' } }) : method === 'DELETE' ? ((role = ''), { status: 204 }) : body.password ? ((role = 'dispatcher'), { body: { name: body.name, role } }) : refuse(401, 'bad_credentials', 'Name or password is wrong.');
  if (path === '/session/enter') { role = body.role; return { body: { name: 'K. Invented', role, demo: true } }; }
  if (!role) return refuse(401, 'signed_out', 'Sign in first.');
  if (path === '/board') return { body: { ...board, now: iso(now()), me: { name: 'K. Invented', role } } };
  if (path === '/postures/presets') return { body: presets };
  if (path === '/sweep/lines') { path = `/incidents/${body.incident}/assignments`; p.splice(0, 2, 'incidents', body.incident, 'assignments'); }
  if (path === '/sweep') {
    const lines = board.incidents.filter((i) => i.state === 'waiting').sort((a, b) => a.priority - b.priority).map((i) => ({ i, r: recommend(i).units.find((u) => u.fits) })).filter((x) => x.r).slice(0, 6);
    return { body: { seq, lines: lines.map(({ i, r }) => ({ incident: i.id, unit: r.unit, travel_ms: r.travel_ms, why: 'nearest free unit of its service' })), waiting: board.incidents.filter((i) => i.state === 'waiting').slice(-3).map((i) => ({ incident: i.id, why: 'kept back: 6 units for P2 and above', until: iso(now() + 9e5) })), call_now: board.promises.slice(0, 2).map((x) => ({ contact: x.contact, promise: x.id, why: 'the promise runs out and no unit will be there' })) } };
  }
  const rationed = rationing({ method, path, p, q, body, board, find, emit, refuse, iso, now });
  if (rationed) return rationed;
  const i = p[0] === 'incidents' ? find('incidents', p[1]) : undefined;
  if (i && method === 'GET' && p.length === 2) return { body: { ...i, notes_text: i.noteList ?? [{ id: `n${i.number}`, at: i.opened_at, by: 'Call-taker 4', text: 'Caller will wait outside.' }], timeline: [{ seq: 1, at: i.opened_at, kind: 'contact_recorded', text: 'Call received by telephone', by: 'Call-taker 4' }, { seq: 2, at: i.opened_at, kind: 'incident_opened', text: `Incident opened as ${i.type_name}, P${i.initial_priority}`, by: 'Call-taker 4' }, ...i.assignments.map((a, n) => ({ seq: 3 + n, at: a.assigned_at, kind: 'unit_assigned', text: `${a.unit} dispatched`, by: 'Dispatcher' }))] } };
  if (i && p[2] === 'recommendation') return { body: recommend(i) };
  if (i && p[2] === 'assignments' && method === 'POST') {
    const u = find('units', body.unit);
    if (!u) return refuse(404, 'unit_unknown', `There is no unit ${body.unit}.`);
    if (!u.free && !body.stacked) return refuse(409, 'unit_busy', `${u.id} is on call ${find('incidents', u.incident)?.number ?? '?'}. Stack it, or take it off that call first.`);
    if (i.state === 'staged' && !body.override_reason) return refuse(409, 'hazard_unacknowledged', 'This call is staged behind an entry gate. Say why the unit is sent all the same.');
    Object.assign(u, { status: 'dispatched', status_since: iso(now()), incident: i.id, free: false });
    i.state = 'active';
    i.assignments.push({ unit: u.id, status: 'dispatched', since: iso(now()), assigned_at: iso(now()), stacked: !!body.stacked, travel_ms: 240000 });
    emit('unit_assigned', `${u.id} dispatched to ${i.number}`, { units: [u], incidents: [i] });
    return { status: 201, body: {} };
  }
  if (i && p[2] === 'assignments' && method === 'DELETE') {
    const u = find('units', p[3]);
    Object.assign(u, { status: 'available', status_since: iso(now()), incident: undefined, free: true });
    for (const a of i.assignments) if (a.unit === u.id) a.ended_at = iso(now());
    if (i.assignments.every((a) => a.ended_at)) i.state = 'waiting';
    emit('unit_released', `${u.id} taken off ${i.number}: ${q.get('reason')}`, { units: [u], incidents: [i] });
    return { status: 204 };
  }
  if (i && p[2] === 'notes' && p.length === 3) { i.noteList = [...(i.noteList ?? []), { id: `n${seq}`, at: iso(now()), by: 'K. Invented', text: body.text }]; emit('note_added', `Note on ${i.number}`, { incidents: [i] }); return { status: 201, body: {} }; }
  if (i && p[4] === 'strike') { for (const n of i.noteList ?? []) if (n.id === p[3]) n.struck_by = 'K. Invented'; emit('note_struck', `Note struck on ${i.number}`, { incidents: [i] }); return { body: {} }; }
  if (i && p[2] === 'close') { i.state = 'closed'; i.disposition = body.disposition; i.closed_at = iso(now()); emit('incident_closed', `${i.number} closed: ${body.disposition}`, { incidents: [i] }); return { body: {} }; }
  if (i && p[2] === 'reprioritise') { i.priority = body.priority; i.highest_priority = Math.min(i.highest_priority, i.priority); emit('incident_reprioritised', `${i.number} is P${i.priority}`, { incidents: [i] }); return { body: {} }; }
  if (path === '/contacts' && method === 'POST') {
    if (!body.location.text && !body.location.lon) return refuse(422, 'place_missing', 'A call needs a place.', [{ location: 'body.location', message: 'give text or a point' }]);
    const n = nextNumber++;
    const t = board.types.find((x) => x.code === body.type) ?? { code: 'UNK', name: 'Unknown', service: 'police', priority: 2, life_safety: true, target_ms: 420000 };
    const c = { id: `c${n}`, number: n * 10, durability: 'durable', channel: body.channel, received_at: iso(now()), incident: body.incident ?? `i${n}`, priority: t.priority, life_safety: t.life_safety, language: body.language, outcome: { kind: 'waiting', since: iso(now()), owner: 'north', next_action: 'Send a unit' }, caller: { ...body.caller, safe_to_call: 'unknown' }, place: body.location.text, promises: [] };
    board.contacts.push(c);
    let inc = find('incidents', body.incident);
    if (inc) { inc.calls++; inc.contacts.push(c.id); }
    else { inc = { id: `i${n}`, number: n, type: t.code, type_name: t.name, service: t.service, priority: t.priority, initial_priority: t.priority, highest_priority: t.priority, life_safety: t.life_safety, place: body.location.text ?? 'Pinned place', position: body.location.lon ? { lon: body.location.lon, lat: body.location.lat } : undefined, beat: '', state: 'waiting', opened_at: iso(now()), due: iso(now() + t.target_ms), next_action: 'Send a unit', owner: 'north', assignments: [], contacts: [c.id], calls: 1, notes: 0, noteList: [] }; board.incidents.push(inc); }
    emit('contact_recorded', `Call ${c.number}: ${t.name}`, { incidents: [inc], contacts: [c] });
    return { status: 201, body: { id: c.id, number: c.number, call_number: inc.number, durability: 'durable', outcome: 'waiting', incident: inc.id, priority: t.priority, say: t.priority <= 2 ? 'Help is being arranged now. Stay on the line if it is safe.' : 'Officers are answering emergencies only. We have recorded your call and will ring you back within 90 minutes.' } };
  }
  if (p[0] === 'contacts') {
    const c = find('contacts', p[1]), inc = find('incidents', c?.incident);
    if (p[2] === 'hold') {
      if (inc.life_safety) return refuse(409, 'life_safety_floor', 'A life-safety call cannot be held. Stage it with a plan, or send a unit.');
      inc.state = 'held'; inc.posture = 'po1'; c.outcome = { ...c.outcome, kind: 'held', since: iso(now()), next_action: 'Call back', due: iso(now() + (body.promise_minutes || 60) * 60000) };
      const promises = [];
      if (body.promise_minutes) { const pr = { id: `p${seq}`, contact: c.id, told: body.told, by: 'K. Invented', channel: 'phone', from: iso(now()), due: iso(now() + body.promise_minutes * 60000), state: 'open' }; board.promises.push(pr); c.promises.push(pr.id); promises.push(pr); }
      emit('contact_held', `${inc.number} held`, { incidents: [inc], contacts: [c], promises });
    } else { inc.state = p[2] === 'stage' ? 'staged' : 'waiting'; c.outcome.kind = inc.state; emit(`contact_${p[2]}`, `${inc.number}: ${p[2]}`, { incidents: [inc], contacts: [c] }); }
    return { body: {} };
  }
  if (p[0] === 'alarms') { const a = find('alarms', p[1]); a.acked_by = 'K. Invented'; board.alarms = board.alarms.filter((x) => x !== a); emit('alarm_acked', `Acknowledged: ${a.text}`, { gone: { alarms: [a.id] } }); return { body: {} }; }
  if (p[0] === 'units' && p[2] === 'status') { const u = find('units', p[1]); u.status = body.status; u.status_since = iso(now()); u.free = body.status === 'available'; if (u.free) u.incident = undefined; emit('unit_status_changed', `${u.id} is ${u.status}`, { units: [u] }); return { body: {} }; }
  if (path === '/postures') { const po = { ...body, id: `po${seq}`, version: 1, from: iso(now()), reason: body.reason ?? `none stated (${body.none_stated})`, reason_state: body.reason ? 'stated' : 'none_stated', incomplete: !body.reason, unreviewed: false, rules: body.rules ?? [] }; const old = find('postures', body.replaces); if (old) old.ended_at = iso(now()); board.postures.push(po); emit('posture_declared', `Posture declared: ${po.title}`, { postures: old ? [old, po] : [po] }); return { status: 201, body: po }; }
  if (p[0] === 'postures') { const po = find('postures', p[1]); if (p[2] === 'end') po.ended_at = iso(now()); else { po.review_by = body.review_by; po.unreviewed = false; } emit('posture_changed', `Posture ${p[2]}: ${po.title}`, { postures: [po] }); return { body: {} }; }
  if (p[0] === 'promises') { const pr = find('promises', p[1]); pr.state = 'kept'; emit('promise_kept', 'Promise kept', { promises: [pr] }); return { body: {} }; }
  return refuse(404, 'not_found', `No ${method} ${path} in the stand-in.`);
}

createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname === '/api/v1/stream') {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write(': hello\n\n');
    streams.add(res);
    beat();
    req.on('close', () => streams.delete(res));
    return;
  }
  if (url.pathname.startsWith('/api/v1/')) {
    let raw = '';
    for await (const c of req) raw += c;
    if (req.method !== 'GET' && req.headers['x-everycall'] !== '1') { res.writeHead(403).end('{}'); return; }
    const r = api(req.method, url.pathname.slice('/api/v1'.length), url.searchParams, raw ? JSON.parse(raw) : {});
    res.writeHead(r.status ?? 200, { 'Content-Type': (r.status ?? 200) >= 400 ? 'application/problem+json' : 'application/json' });
    res.end(r.body === undefined ? '' : JSON.stringify(r.body));
    return;
  }
  const t = /^\/tiles\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(url.pathname);
  if (t) { res.writeHead(200, { 'Content-Type': 'application/vnd.mapbox-vector-tile' }).end(tile(+t[1], +t[2], +t[3])); return; }
  const file = join(dist, url.pathname === '/' ? 'index.html' : url.pathname);
  if (!file.startsWith(dist) || !existsSync(file)) { res.writeHead(404).end(); return; }
  res.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' }).end(readFileSync(file));
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
