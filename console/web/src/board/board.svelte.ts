/**
 * The board as this page knows it. The Map tables are the truth; the arrays beside them are what Svelte watches,
 * replaced whole, once per flush, and only where something changed.
 */
import { openFeed, type Batch, type Feed } from '../live/feed';
import { get } from '../wire/api';
import type { Access, Agreement, Aid, Alarm, Area, BoardReply, Bolo, Bulletin, CallPromise, CallType, Claim, Clearance, Contact, Desk, Hazard, Incident, Liaison, Notice, Plan, Posture, Station, TableName, Tow, Unit, Zone } from '../wire/types';
import { byUrgency, groupAlarms, inRankOrder, isActive, isOverdue, isPending, rankOf } from './order';
import { byNumber } from './ring';
import { applyChange, applyPositions, emptyTables, loadTables, TABLES, type Tables } from './store';
import { ServerClock, span, ZoneFormat } from './times';

export type Line = 'connecting' | 'live' | 'reconnecting';

class Board {
  loaded = $state(false);
  line = $state<Line>('connecting');
  /** wall time of the last word from the server, ms of performance.now() */
  heard = $state.raw(0);
  /** the server's clock in epoch ms, advanced once a second */
  now = $state.raw(Date.now());
  /** performance.now() at the last tick */
  tick = $state.raw(0);
  seq = 0;
  speed = $state.raw(1);
  frozen = $state.raw(false);
  demo = $state.raw(false);
  jurisdiction = $state.raw('');
  zone = $state.raw(new ZoneFormat('UTC'));
  me = $state.raw({ name: '', role: '' });
  notices = $state.raw<Notice[]>([]);
  types = $state.raw<CallType[]>([]);
  desks = $state.raw<Desk[]>([]);
  services = $state.raw<{ id: string; name: string }[]>([]);
  dispositions = $state.raw<{ code: string; name: string }[]>([]);
  statuses = $state.raw<{ code: string; short: string; name: string }[]>([]);
  /** the latest plain line from the stream */
  lastText = $state.raw('');

  units = $state.raw<Unit[]>([]);
  incidents = $state.raw<Incident[]>([]);
  contacts = $state.raw<Contact[]>([]);
  postures = $state.raw<Posture[]>([]);
  zones = $state.raw<Zone[]>([]);
  access = $state.raw<Access[]>([]);
  stations = $state.raw<Station[]>([]);
  hazards = $state.raw<Hazard[]>([]);
  claims = $state.raw<Claim[]>([]);
  bulletins = $state.raw<Bulletin[]>([]);
  liaisons = $state.raw<Liaison[]>([]);
  agreements = $state.raw<Agreement[]>([]);
  plans = $state.raw<Plan[]>([]);
  clearances = $state.raw<Clearance[]>([]);
  aids = $state.raw<Aid[]>([]);
  bolos = $state.raw<Bolo[]>([]);
  tows = $state.raw<Tow[]>([]);
  /** agencies that give case numbers */
  caseAgencies = $state.raw<string[]>([]);
  alarms = $state.raw<Alarm[]>([]);
  promises = $state.raw<CallPromise[]>([]);

  typeOf = $derived(new Map(this.types.map((t) => [t.code, t])));
  /** how long a call of each priority may wait before its age counts, ms */
  private waitLimit = $derived(new Map(this.types.map((t) => [t.priority, t.target_ms])));
  private minute = $derived(Math.floor(this.now / 60_000));
  pending = $derived(inRankOrder(this.incidents.filter(isPending), (p) => this.waitLimit.get(p), this.minute * 60_000));
  /** contacts by call-back number: who has rung before */
  callers = $derived(byNumber(this.contacts));
  active = $derived(this.incidents.filter(isActive).sort(byUrgency));
  postureInForce = $derived(this.postures.filter((p) => !p.ended_at));
  zonesInForce = $derived(this.zones.filter((z) => !z.ended_at));
  alarmGroups = $derived(groupAlarms(this.alarms));
  freeUnits = $derived(this.units.reduce((n, u) => n + (u.free ? 1 : 0), 0));
  onDutyUnits = $derived(this.units.reduce((n, u) => n + (u.status === 'off_duty' ? 0 : 1), 0));
  overdue = $derived(this.pending.reduce((n, i) => n + (isOverdue(i, this.typeOf.get(i.type)?.target_ms, this.now) ? 1 : 0), 0));

  private tables: Tables = emptyTables();
  private readonly clock = new ServerClock();
  private feed: Feed | undefined;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private watchers = new Set<(touched: Set<TableName>, moved: string[], changed: Set<string>) => void>();
  private refetching = false;

  unit(id: string | undefined): Unit | undefined { void this.units; return id ? this.tables.units.get(id) : undefined; }
  incident(id: string | undefined): Incident | undefined { void this.incidents; return id ? this.tables.incidents.get(id) : undefined; }
  contact(id: string | undefined): Contact | undefined { void this.contacts; return id ? this.tables.contacts.get(id) : undefined; }
  zoneOf(id: string | undefined): Zone | undefined { void this.zones; return id ? this.tables.zones.get(id) : undefined; }
  posture(id: string | undefined): Posture | undefined { void this.postures; return id ? this.tables.postures.get(id) : undefined; }
  promise(id: string | undefined): CallPromise | undefined { void this.promises; return id ? this.tables.promises.get(id) : undefined; }
  /** How long ago, by this page's clock; a row may be a second ahead of it, but nothing waits for less than no time. */
  since(t: string): string { return span(Math.max(0, this.now - Date.parse(t))); }
  /** the priority as age has raised it */
  rank(i: Incident): number { return rankOf(i, this.waitLimit.get(i.priority), this.minute * 60_000); }
  byNumber(n: number): Incident | undefined { return this.incidents.find((i) => i.number === n); }
  statusShort(code: string): string { return this.statuses.find((s) => s.code === code)?.short ?? code.slice(0, 2).toUpperCase(); }
  statusName(code: string): string { return this.statuses.find((s) => s.code === code)?.name ?? code.replaceAll('_', ' '); }
  serviceName(id: string): string { return this.services.find((s) => s.id === id)?.name ?? id; }
  areaName(a: Area): string {
    if (a.kind === 'city') return 'City-wide';
    if (a.kind === 'beats') return `Beats ${a.beats?.join(' ')}`;
    return a.kind === 'drawn' ? 'Drawn area' : (this.zones.find((z) => z.id === a.zone)?.name ?? a.zone ?? '');
  }
  stationName(id: string | undefined): string { const s = id ? this.stations.find((x) => x.id === id) : undefined; return s ? s.name : id ?? ''; }
  zoneName(id: string | undefined): string { return this.zones.find((z) => z.id === id)?.name ?? id ?? ''; }
  deskName(id: string | undefined): string { return id ? (this.desks.find((d) => d.id === id)?.name ?? id) : ''; }

  /** Calls back after every flush with what was touched; returns how to stop. */
  watch(f: (touched: Set<TableName>, moved: string[], changed: Set<string>) => void): () => void {
    this.watchers.add(f);
    return () => this.watchers.delete(f);
  }

  /** Fetches the whole board and follows the stream from its sequence on. */
  async open(): Promise<void> {
    const reply = await get<BoardReply>('/board');
    this.load(reply);
    this.ticking ??= setInterval(() => this.beat(), 1000);
    this.feed?.close();
    this.feed = openFeed(this.seq, `${reply.me.name} ${reply.me.role}`, {
      batch: (b) => this.flush(b),
      line: (open) => { this.line = open ? 'live' : 'reconnecting'; if (open) this.heard = performance.now(); },
    });
  }

  close(): void {
    this.feed?.close();
    this.feed = undefined;
    this.line = 'reconnecting';
  }

  private beat(): void {
    this.tick = performance.now();
    this.now = this.clock.at(this.tick);
  }

  private load(r: BoardReply): void {
    this.tables = loadTables(r);
    this.seq = r.seq;
    this.clock.sync(Date.parse(r.now), performance.now(), r.clock.speed, r.clock.frozen);
    this.speed = r.clock.speed;
    this.frozen = r.clock.frozen;
    this.demo = r.clock.demo;
    this.jurisdiction = r.jurisdiction.name;
    if (this.zone.label !== r.jurisdiction.zone) this.zone = new ZoneFormat(r.jurisdiction.zone);
    this.me = r.me;
    this.notices = r.notices ?? [];
    this.types = r.types ?? [];
    this.caseAgencies = r.case_agencies ?? [];
    this.desks = r.desks ?? [];
    this.services = r.services ?? [];
    this.dispositions = r.dispositions ?? [];
    this.statuses = r.statuses ?? [];
    this.heard = performance.now();
    this.expose(new Set(TABLES));
    this.beat();
    this.loaded = true;
  }

  private expose(touched: Set<TableName>): void {
    const t = this.tables;
    if (touched.has('units')) this.units = [...t.units.values()];
    if (touched.has('incidents')) this.incidents = [...t.incidents.values()];
    if (touched.has('contacts')) this.contacts = [...t.contacts.values()];
    if (touched.has('postures')) this.postures = [...t.postures.values()];
    if (touched.has('zones')) this.zones = [...t.zones.values()];
    if (touched.has('access')) this.access = [...t.access.values()];
    if (touched.has('stations')) this.stations = [...t.stations.values()];
    if (touched.has('hazards')) this.hazards = [...t.hazards.values()];
    if (touched.has('claims')) this.claims = [...t.claims.values()];
    if (touched.has('aids')) this.aids = [...t.aids.values()];
    if (touched.has('bulletins')) this.bulletins = [...t.bulletins.values()];
    if (touched.has('liaisons')) this.liaisons = [...t.liaisons.values()];
    if (touched.has('agreements')) this.agreements = [...t.agreements.values()];
    if (touched.has('plans')) this.plans = [...t.plans.values()];
    if (touched.has('clearances')) this.clearances = [...t.clearances.values()];
    if (touched.has('bolos')) this.bolos = [...t.bolos.values()];
    if (touched.has('tows')) this.tows = [...t.tows.values()];
    if (touched.has('alarms')) this.alarms = [...t.alarms.values()];
    if (touched.has('promises')) this.promises = [...t.promises.values()];
  }

  private flush(b: Batch): void {
    this.heard = performance.now();
    if (b.clock) {
      this.clock.sync(Date.parse(b.clock.now), performance.now(), b.clock.speed, b.clock.frozen);
      this.speed = b.clock.speed;
      this.frozen = b.clock.frozen;
      this.beat();
    }
    const touched = new Set<TableName>();
    const changed = new Set<string>();
    for (const c of b.changes) {
      if (c.seq <= this.seq) continue; // the board reply already had it
      this.seq = c.seq;
      for (const t of applyChange(this.tables, c)) touched.add(t);
      for (const i of c.incidents ?? []) changed.add(i.id);
      for (const x of c.contacts ?? []) if (x.incident) changed.add(x.incident);
      if (c.text) this.lastText = `${this.zone.clock(c.at)}  ${c.text}`;
    }
    const moved: string[] = [];
    for (const p of b.positions) moved.push(...applyPositions(this.tables, p));
    this.expose(touched);
    for (const f of this.watchers) f(touched, moved, changed);
    if (b.resync) void this.refetch();
  }

  /** The stream cannot be continued: take the whole board again. What a person is typing lives elsewhere and stays. */
  private async refetch(): Promise<void> {
    if (this.refetching) return;
    this.refetching = true;
    try { await this.open(); } catch { this.line = 'reconnecting'; setTimeout(() => { this.refetching = false; void this.refetch(); }, 3000); return; }
    this.refetching = false;
    const all = new Set(TABLES);
    for (const f of this.watchers) f(all, [], new Set(this.tables.incidents.keys()));
  }
}

export const board = new Board();
