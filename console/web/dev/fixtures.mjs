// An invented board for development only: no real call, person or house number. Coordinates are Seattle's public streets.
let seed = 20200614;
/** A small seeded generator, so that screenshots repeat. */
export function dice() { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed / 2 ** 32; }
const pick = (a) => a[Math.floor(dice() * a.length)];
const between = (a, b) => a + dice() * (b - a);
export const START = Date.parse('2020-06-14T19:12:00-07:00');
const iso = (ms) => new Date(ms).toISOString();
const ago = (min) => iso(START - min * 60000);
const ahead = (min) => iso(START + min * 60000);

const BOX = { w: -122.405, e: -122.27, s: 47.52, n: 47.715 };
const AVES = ['1st Ave', '3rd Ave', '5th Ave', 'Boren Ave', 'Broadway', '12th Ave', '15th Ave', '19th Ave', '23rd Ave', 'Rainier Ave S', 'Aurora Ave N', 'Greenwood Ave N'];
const STREETS = ['Pike St', 'Pine St', 'Madison St', 'Union St', 'Denny Way', 'Mercer St', 'John St', 'Yesler Way', 'Jackson St', 'N 45th St', 'N 85th St', 'NW Market St', 'S Alaska St', 'Olive Way'];
const place = () => (dice() < 0.5 ? `${pick(AVES)} / ${pick(STREETS)}` : `${Math.floor(between(1, 90)) * 100} block of ${pick([...STREETS, ...AVES])}`);
const BEATS = ['E1', 'E2', 'E3', 'C1', 'C2', 'C3', 'K1', 'K2', 'K3', 'M1', 'M2', 'M3', 'D1', 'D2', 'D3', 'Q1', 'Q2', 'Q3', 'N1', 'N2', 'N3', 'L1', 'L2', 'U1', 'U2', 'J1', 'B1', 'B2', 'G1', 'G2', 'R1', 'R2', 'S1', 'S2', 'O1', 'F1', 'W1', 'W2'];

export const types = [
  ['SHOTS', 'Shots fired', 'police', 1, true, 180], ['ASLTW', 'Assault with weapon', 'police', 1, true, 180], ['BURGP', 'Burglary in progress', 'police', 2, false, 420], ['DIST', 'Disturbance', 'police', 3, false, 1800],
  ['SUSP', 'Suspicious person', 'police', 3, false, 1800], ['THEFT', 'Theft report', 'police', 4, false, 7200], ['NOISE', 'Noise', 'police', 5, false, 10800], ['TRAF', 'Traffic hazard', 'police', 4, false, 5400], ['WELF', 'Welfare check', 'community', 3, false, 2700],
  ['FIRE', 'Structure fire', 'fire', 1, true, 240], ['ALRM', 'Automatic fire alarm', 'fire', 3, false, 900], ['GAS', 'Gas leak', 'fire', 2, false, 420], ['CARD', 'Cardiac arrest', 'ems', 1, true, 240], ['MED7', 'Medic response', 'ems', 2, false, 480], ['AID', 'Aid response', 'ems', 3, false, 900], ['CRIS', 'Person in crisis', 'community', 3, false, 2700],
].map(([code, name, service, priority, life_safety, s]) => ({ code, name, service, priority, life_safety, capabilities: [service], target_ms: s * 1000 }));

export const statuses = [['available', 'AV', 'Available'], ['dispatched', 'DP', 'Dispatched'], ['enroute', 'ER', 'En route'], ['staged', 'ST', 'Staged'], ['on_scene', 'OS', 'On scene'], ['transporting', 'TR', 'Transporting'], ['at_hospital', 'AH', 'At hospital'], ['out_of_service', 'OOS', 'Out of service'], ['off_duty', 'OFF', 'Off duty']].map(([code, short, name]) => ({ code, short, name }));

export function makeBoard() {
  const units = [];
  const unit = (id, service, kind, more) => units.push({ id, service, kind, status: 'available', status_since: ago(between(1, 90)), status_source: 'radio', stacked: [], position: { lon: between(BOX.w, BOX.e), lat: between(BOX.s, BOX.n), at: iso(START), source: 'avl' }, capabilities: [service], crew: 2, free: true, ...more });
  BEATS.forEach((b, n) => unit(`3${b}`, 'police', 'patrol', { beat: b, crew: 1 + (n % 2) }));
  for (let n = 1; n <= 30; n++) unit(`E${n}`, 'fire', 'engine', { station: String(n), crew: 4 });
  for (let n = 1; n <= 10; n++) unit(`L${n}`, 'fire', 'ladder', { station: String(n * 2), crew: 4 });
  for (let n = 1; n <= 7; n++) unit(`M${n * 4}`, 'ems', 'medic', { station: String(n * 4) });
  for (let n = 1; n <= 6; n++) unit(`A${n * 5}`, 'ems', 'aid', { station: String(n * 5) });
  for (let n = 1; n <= 4; n++) unit(`CT${n}`, 'community', 'community', {});
  units.filter((_, n) => n % 13 === 7).forEach((u) => { u.status = 'out_of_service'; u.free = false; });

  const incidents = [], contacts = [], promises = [];
  const incident = (n, state, typeCode, ageMin, more = {}) => {
    const t = types.find((x) => x.code === typeCode);
    const id = `i${n}`;
    const cs = [];
    const calls = more.calls ?? 1;
    for (let k = 0; k < calls; k++) {
      const cid = `c${n}_${k}`;
      cs.push(cid);
      const kind = { waiting: 'waiting', held: 'held', staged: 'staged', active: 'dispatched' }[state];
      contacts.push({ id: cid, number: n * 10 + k, durability: 'durable', channel: 'phone', received_at: ago(ageMin - k * 2), incident: id, type: t.code, priority: t.priority, life_safety: t.life_safety, language: k ? 'es' : 'en', outcome: { kind, since: ago(ageMin - 1), owner: 'north', due: ahead(between(-6, 30)), next_action: kind === 'held' ? 'Call back' : kind === 'waiting' ? 'Send a unit' : 'Follow the unit', reason: kind === 'held' ? 'Priority calls only' : '', authority: kind === 'held' ? 'A. Invented, supervisor' : '' }, caller: { name: 'Invented caller', number: '206-555-01' + String(n % 100).padStart(2, '0'), safe_to_call: n % 7 === 0 ? 'unsafe' : 'unknown' }, place: '', promises: [] });
      if (state === 'held' && k === 0) { const pid = `p${n}`; promises.push({ id: pid, contact: cid, told: 'A call-back within 20 minutes', by: 'Dispatcher', channel: 'phone', from: ago(14), due: ahead(between(-8, 12)), state: 'open', safe_to_call: 'unknown' }); contacts.at(-1).promises.push(pid); }
    }
    incidents.push({ id, number: n, type: t.code, type_name: t.name, service: t.service, priority: t.priority, initial_priority: Math.min(5, t.priority + (n % 5 === 0 ? 1 : 0)), highest_priority: t.priority, life_safety: t.life_safety, place: place(), position: { lon: between(BOX.w + 0.02, BOX.e - 0.02), lat: between(BOX.s + 0.02, BOX.n - 0.02) }, beat: pick(BEATS), state, opened_at: ago(ageMin), due: iso(START - ageMin * 60000 + t.target_ms), next_action: state === 'waiting' ? 'Send a unit' : state === 'held' ? 'Call back' : state === 'staged' ? 'Re-decide the staging' : 'Await the unit', owner: 'north', assignments: [], contacts: cs, calls, invented: ['opened_at', 'priority'], notes: 1, ...more });
    return incidents.at(-1);
  };
  const wait = [['CARD', 1.2], ['SHOTS', 4.1], ['ASLTW', 2.2], ['BURGP', 12], ['BURGP', 5], ['GAS', 6.2], ['MED7', 3.1], ['DIST', 41], ['DIST', 22], ['DIST', 16], ['SUSP', 35], ['WELF', 51], ['CRIS', 18], ['ALRM', 9], ['AID', 7], ['TRAF', 62], ['TRAF', 14], ['THEFT', 201], ['THEFT', 160], ['THEFT', 118], ['THEFT', 75], ['THEFT', 31], ['NOISE', 166], ['NOISE', 95], ['NOISE', 54], ['NOISE', 12], ['DIST', 8], ['SUSP', 3]];
  let n = 2031;
  wait.forEach(([t, age], k) => { const held = ['THEFT', 'NOISE', 'TRAF'].includes(t) && k % 3 !== 2; incident(n++, k === 2 ? 'staged' : held ? 'held' : 'waiting', t, age, { calls: k === 1 ? 3 : k === 7 ? 2 : 1, ...(held ? { posture: 'po1', hold_reason: 'Priority calls only' } : {}) }); });
  const free = () => units.filter((u) => u.status === 'available');
  for (let k = 0; k < 34; k++) {
    const t = pick(types);
    const i = incident(n++, 'active', t.code, between(4, 70));
    const crew = free().filter((u) => u.service === i.service).slice(0, t.priority === 1 ? 3 : 1 + (k % 2));
    for (const u of crew) {
      u.status = pick(['dispatched', 'enroute', 'on_scene', 'on_scene', i.service === 'ems' ? 'transporting' : 'on_scene']);
      u.status_since = ago(between(0.3, 20)); u.incident = i.id; u.free = false;
      u.position = { ...u.position, lon: i.position.lon + between(-0.004, 0.004), lat: i.position.lat + between(-0.004, 0.004) };
      i.assignments.push({ unit: u.id, status: u.status, since: u.status_since, assigned_at: ago(between(5, 24)), stacked: false, travel_ms: Math.round(between(90, 700)) * 1000 });
    }
    if (!crew.length) i.state = 'waiting';
  }
  incidents[0].place = 'Broadway / Pine St';

  const outline = [[-122.3208, 47.6188], [-122.3152, 47.6188], [-122.3152, 47.6141], [-122.3208, 47.6141]];
  return {
    seq: 1000, clock: { speed: 10, demo: true, frozen: false }, jurisdiction: { name: 'Seattle (demo)', zone: 'America/Los_Angeles' },
    notices: [
      { kind: 'real', text: 'Streets, beats, stations and apparatus are real public data. Call places and types come from 2015 police and 2017 fire records, reduced to blocks.' },
      { kind: 'pairing', text: 'Calls of 2015 and 2017 are paired with the zone of June 2020: this evening never happened.' },
      { kind: 'invented', text: 'Receive times, priorities, crews, callers, postures’ authorities and every person here are invented.' },
      { kind: 'licence', text: 'Map data © OpenStreetMap contributors, ODbL. Police and fire records: City of Seattle, public domain.' },
    ],
    units, incidents, contacts, promises,
    postures: [
      { id: 'po1', version: 3, service: 'police', area: { kind: 'city' }, title: 'Priority calls only', rules: [{ priority: 3, action: 'hold', limit_ms: 5400000, words: 'Wait' }, { priority: 4, action: 'hold', limit_ms: 10800000, words: 'Wait' }], held: 7, reviews: 2, reserve: [{ priority: 3, units: 6, band: 2, shut: true }], from: ago(310), review_by: ahead(21), until: ahead(400), authority: 'Patrol operations', reason: 'none stated (a news report)', reason_state: 'none_stated', incomplete: true, unreviewed: false, script: 'Officers are answering emergencies only. We will call you back.', invented: ['authority'] },
      { id: 'po2', version: 1, service: 'fire', area: { kind: 'zone', zone: 'z1' }, title: 'Stage at the gate', rules: [{ types: ['AID', 'MED7'], action: 'answer' }], reserve: [], from: ago(90), review_by: ago(4), until: ahead(300), authority: 'Battalion 2', reason: 'Entry is arranged at 12th and Pine only', reason_state: 'stated', incomplete: false, unreviewed: true, script: '' },
    ],
    zones: [{ id: 'z1', name: 'Declared zone', outline, rules: [{ service: 'police', entry: 'life_safety_only' }, { service: 'fire', entry: 'gates_only' }], from: ago(9000), authority: 'observed', reason: 'none stated', gates: [{ id: 'g1', name: 'Gate 12th / Pine', lon: -122.3163, lat: 47.6152 }, { id: 'g2', name: 'Gate Denny', lon: -122.3195, lat: 47.6187 }] }],
    access: [
      { id: 'a1', kind: 'point', geometry: [[-122.3185, 47.6152]], state: 'blocked', current: 'blocked', source: 'E25', observed_at: ago(12), half_life_ms: 7200000, note: 'Concrete' },
      { id: 'a2', kind: 'line', geometry: [[-122.3208, 47.6163], [-122.3170, 47.6163]], state: 'blocked', current: 'blocked', source: '3E2', observed_at: ago(40), half_life_ms: 7200000, note: '' },
      { id: 'a3', kind: 'point', geometry: [[-122.3163, 47.6175]], state: 'blocked', current: 'unknown', source: 'caller', observed_at: ago(300), half_life_ms: 7200000, note: 'Not seen since 14:10' },
      { id: 'a4', kind: 'line', geometry: [[-122.335, 47.601], [-122.328, 47.602]], state: 'delayed', current: 'delayed', source: 'traffic', observed_at: ago(10), half_life_ms: 3600000, note: 'March' },
    ],
    stations: [...Array(12)].map((_, k) => ({ id: `s${k}`, name: `Station ${k * 2 + 2}`, service: 'fire', lon: between(BOX.w + 0.01, BOX.e - 0.01), lat: between(BOX.s + 0.01, BOX.n - 0.01), state: 'open', since: ago(9999), reason: '' })).concat([{ id: 'pe', name: 'East Precinct', service: 'police', lon: -122.3172, lat: 47.6152, state: 'lost', since: ago(8700), reason: 'Left' }, { id: 'pw', name: 'West Precinct', service: 'police', lon: -122.3368, lat: 47.6165, state: 'open', since: ago(9999), reason: '' }]),
    claims: [], liaisons: [],
    alarms: [
      { id: 'al1', cause: 'emergency_button', level: 'life_safety', desk: 'north', text: 'Emergency button: 3C2, Broadway / John St', raised_at: ago(0.4), incident: incidents[30].id, unit: '3C2', count: 1 },
      ...[0, 1, 2, 3].map((k) => ({ id: `al2${k}`, cause: 'promise_due', level: 'warning', desk: 'north', text: `Promise overdue: call ${2031 + 17 + k}, the caller was told 20 minutes`, raised_at: ago(3 + k * 2), incident: incidents[17 + k].id, count: 1 })),
      { id: 'al3', cause: 'posture_review', level: 'warning', desk: 'supervisor', text: 'Posture “Stage at the gate” is past its review time', raised_at: ago(4), posture: 'po2', count: 1 },
      { id: 'al5', cause: 'posture_proposed', level: 'warning', desk: 'supervisor', text: 'Theft and noise by telephone: 20 calls wait, proposed', raised_at: ago(2), preset: 'pr2', count: 1 },
      { id: 'al4', cause: 'position_lost', level: 'notice', desk: 'north', text: 'No position from E13 for 6 minutes', raised_at: ago(6), unit: 'E13', count: 1 },
    ],
    types, statuses,
    desks: [
      { id: 'north', name: 'North desk', service: 'police', kind: '', types: [], load: 0, open: true, queue: [] }, { id: 'fire', name: 'Fire desk', service: 'fire', kind: '', types: [], load: 0, open: true, queue: [] },
      { id: 'reports', name: 'Telephone reports', service: '', kind: 'telephone_report', types: ['THEFT', 'NOISE'], from_priority: 4, capacity: 20, load: 3, open: true, queue: [] },
      { id: 'crisis', name: 'Crisis team', service: '', kind: 'crisis', types: [], from_priority: 2, capacity: 4, load: 4, open: true, queue: [] },
      { id: 'appointments', name: 'Appointments', service: '', kind: 'appointment', types: [], from_priority: 3, capacity: 40, load: 0, open: false, since: ago(12), reason: 'outside its opening times', queue: [] },
    ],
    services: [{ id: 'police', name: 'Police' }, { id: 'fire', name: 'Fire' }, { id: 'ems', name: 'EMS' }, { id: 'community', name: 'Community' }],
    dispositions: [['RES', 'Resolved at the scene'], ['GOA', 'Gone on arrival'], ['RPT', 'Report taken'], ['CAN', 'Cancelled by the caller'], ['UNF', 'Unfounded'], ['DUP', 'Duplicate']].map(([code, name]) => ({ code, name })),
  };
}
export const presets = [
  { id: 'pr1', title: 'Priority calls only', service: 'police', area: { kind: 'city' }, rules: [{ priority: 3, action: 'hold', limit_ms: 5400000 }, { priority: 4, action: 'hold', limit_ms: 10800000 }], script: 'Officers are answering emergencies only.', reason: 'more urgent calls than free units', review_hours: 1, until_hours: 12 },
  { id: 'pr2', title: 'Theft and noise by telephone', service: 'police', area: { kind: 'beats', beats: ['E1', 'E2', 'E3'] }, rules: [{ types: ['THEFT', 'NOISE'], action: 'divert', desk: 'reports' }], reason: 'every car is needed where somebody may be hurt', script: 'Reports are taken by telephone.' },
  { id: 'pr3', title: 'One engine to alarms', service: 'fire', area: { kind: 'city' }, rules: [{ types: ['ALRM'], action: 'answer' }], script: '' },
];
export { iso, between, BOX, BEATS, AVES, STREETS };
