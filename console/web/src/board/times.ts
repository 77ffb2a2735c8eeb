/** Times as a dispatcher reads them: the jurisdiction's zone, the server's clock. */

/** The server's clock as this page knows it: a known instant, plus elapsed wall time multiplied by the speed. */
export class ServerClock {
  private base = 0;
  private stamp = 0;
  private speed = 1;
  private frozen = true;
  known = false;

  /** @param now server time, epoch ms  @param monotonic this machine's monotonic clock, ms */
  sync(now: number, monotonic: number, speed: number, frozen: boolean): void {
    this.base = now;
    this.stamp = monotonic;
    this.speed = speed;
    this.frozen = frozen;
    this.known = true;
  }

  at(monotonic: number): number {
    return this.frozen ? this.base : Math.round(this.base + (monotonic - this.stamp) * this.speed);
  }
}

const two = (n: number): string => String(n).padStart(2, '0');

/** 75 s → "01:15"; 3723 s → "1:02:03"; two days or more → "2 d 03 h". Negative shows a leading minus. */
export function span(ms: number): string {
  const sign = ms < 0 ? '−' : '';
  const s = Math.floor(Math.abs(ms) / 1000);
  if (s >= 2 * 86400) return `${sign}${Math.floor(s / 86400)} d ${two(Math.floor((s % 86400) / 3600))} h`;
  const h = Math.floor(s / 3600), m = Math.floor((s % 3600) / 60);
  return h ? `${sign}${h}:${two(m)}:${two(s % 60)}` : `${sign}${two(m)}:${two(s % 60)}`;
}

/** Coarse words for countdowns: "12 min", "1 h 05", "overdue 4 min". */
export function countdown(ms: number): string {
  const late = ms < 0;
  const min = Math.floor(Math.abs(ms) / 60000);
  const h = Math.floor(min / 60);
  const text = h ? `${h} h ${two(min % 60)}` : `${min} min`;
  return late ? `overdue ${text}` : text;
}

export function minutes(ms: number): string {
  const s = Math.round(ms / 1000);
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** Formats instants in one IANA zone; an unknown zone falls back to UTC and says so. */
export class ZoneFormat {
  readonly label: string;
  private readonly hms: Intl.DateTimeFormat;
  private readonly hm: Intl.DateTimeFormat;
  private readonly day: Intl.DateTimeFormat;
  private readonly parts: Intl.DateTimeFormat;

  constructor(zone: string) {
    let tz = zone || 'UTC';
    try { new Intl.DateTimeFormat('en-GB', { timeZone: tz }); } catch { tz = 'UTC'; }
    const base = { timeZone: tz, hourCycle: 'h23' } as const;
    this.hms = new Intl.DateTimeFormat('en-GB', { ...base, hour: '2-digit', minute: '2-digit', second: '2-digit' });
    this.hm = new Intl.DateTimeFormat('en-GB', { ...base, hour: '2-digit', minute: '2-digit' });
    this.day = new Intl.DateTimeFormat('en-GB', { ...base, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
    this.parts = new Intl.DateTimeFormat('en-GB', { ...base, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
    this.label = tz;
  }

  /** The instant (epoch ms) of a wall-clock time "HH:MM" in this zone, `days` after the day of `now`. */
  instant(now: number, days: number, hhmm: string): number {
    const day = new Date(this.wall(now) + days * 86_400_000);
    const [h = 0, m = 0] = hhmm.split(':').map(Number);
    return this.at(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), h, m));
  }
  /** "2020-06-14T18:00" on the wall clock of this zone, as a date field holds it. */
  local(t: number): string { return new Date(this.wall(t)).toISOString().slice(0, 16); }
  /** The instant of a wall clock as `local` gives it; NaN for anything else. */
  read(local: string): number { return this.at(Date.parse(`${local}:00Z`)); }
  /** The instant at which this zone's wall clock, read as if it were UTC, shows `want`. */
  private at(want: number): number {
    if (!Number.isFinite(want)) return NaN;
    const guess = want - (this.wall(want) - want);
    return guess + (want - this.wall(guess)); // once more, for a change of offset between the two
  }
  /** The wall clock at t, read as if it were UTC. */
  private wall(t: number): number {
    const p = Object.fromEntries(this.parts.formatToParts(t).map((x) => [x.type, Number(x.value)]));
    return Date.UTC(p.year!, p.month! - 1, p.day!, p.hour!, p.minute!, p.second!);
  }

  private static safe(f: Intl.DateTimeFormat, t: number | string | undefined): string {
    const ms = typeof t === 'string' ? Date.parse(t) : (t ?? NaN);
    return Number.isFinite(ms) ? f.format(ms) : '—';
  }
  clock(t: number | string | undefined): string { return ZoneFormat.safe(this.hms, t); }
  time(t: number | string | undefined): string { return ZoneFormat.safe(this.hm, t); }
  date(t: number | string | undefined): string { return ZoneFormat.safe(this.day, t); }
}
