/** The wire shapes of /api/v1, as the server documents them. Times are RFC 3339 strings with an offset. */
import type { Desk } from './ration';
import type { Agreement, Liaison, Plan, Station } from './stations';
import type { Clearance, EntryPlan, Zone } from './zones';

export type * from './ration';
export type * from './stations';
export type * from './zones';

export type Service = string;

export interface Position { lon: number; lat: number; at?: string; source?: string }

export interface Unit {
  id: string;
  service: Service;
  kind: string;
  station?: string;
  /** the home that it goes back to once that is open */
  lost_home?: string;
  /** the station where it stands to cover what is bare */
  post?: string;
  beat?: string;
  status: string;
  status_since: string;
  status_source?: string;
  incident?: string;
  stacked?: string[];
  position?: Position;
  capabilities?: string[];
  crew?: number;
  free: boolean;
  owner?: string;
  loan_ends?: string;
  lent_to?: string;
}

export interface Assignment {
  unit: string;
  status: string;
  since: string;
  assigned_at: string;
  stacked?: boolean;
  /** it waits at the rendezvous: it may not go in */
  outside?: boolean;
  travel_ms?: number;
  /** set when the unit is off this call: the row stays as history */
  ended_at?: string;
  end_reason?: string;
  milestones?: { status: string; at: string; entered_at?: string; source: string }[];
}

export type IncidentState = 'waiting' | 'held' | 'staged' | 'diverted' | 'appointed' | 'unanswered' | 'active' | 'closed';

export interface Incident {
  id: string;
  number: number;
  type: string;
  type_name: string;
  service: Service;
  alarm_level?: number;
  services?: Share[];
  priority: number;
  initial_priority: number;
  highest_priority: number;
  life_safety: boolean;
  place: string;
  position?: { lon: number; lat: number };
  beat?: string;
  state: IncidentState;
  opened_at: string;
  due?: string;
  next_action?: string;
  owner?: string;
  assignments: Assignment[];
  contacts: string[];
  calls: number;
  posture?: string;
  hold_reason?: string;
  disposition?: string;
  closed_at?: string;
  invented?: string[];
  notes?: number;
  zone?: string;
  /** how one gets in; none: one can simply go */
  entry?: EntryPlan;
  hazards?: IncidentHazard[];
  /** its priority, raised by age, as of the row's last change */
  rank?: number;
  /** its leading contact is: place, notes and reasons are left out */
  confidential?: boolean;
  links?: { incident: string; number: number; kind: string; reason?: string; at: string; by: string }[];
  /** voided ones included */
  case_numbers?: { agency: string; number: string; at: string; by: string; voided_at?: string; voided_by?: string; why?: string }[];
  major?: Major;
  /** the major incident in force that it belongs to */
  parent?: string;
}

export interface Major {
  authority: string;
  reason?: string;
  commander: string;
  channel: string;
  declared_at: string;
  review_by: string;
  reviews: number;
  children: string[];
  objectives: { text?: string; at: string; by: string; met_at?: string; met_by?: string; how?: string }[];
  ended_at?: string;
  ended_by?: string;
  end_reason?: string;
}

export interface Outcome {
  kind: string;
  since: string;
  owner?: string;
  due?: string;
  next_action?: string;
  reason?: string;
  authority?: string;
  posture?: string;
  posture_version?: number;
  /** whom it was given to */
  desk?: string;
}

export interface Contact {
  id: string;
  number: number | null;
  durability: 'recorded_here' | 'durable';
  channel: string;
  received_at: string;
  incident?: string;
  type?: string;
  priority?: number;
  life_safety?: boolean;
  language?: string;
  outcome: Outcome;
  caller?: { name?: string; number?: string; safe_to_call?: 'unknown' | 'safe' | 'unsafe' };
  place?: string;
  narrative?: string;
  position?: { lon: number; lat: number };
  promises?: string[];
  /** calls from this number before this one */
  repeat?: number;
  /** how often this person was rung back, and when last */
  call_backs?: number;
  last_rung?: string;
  promises_broken?: number;
  /** set: name, number, place and words are left out */
  confidential?: Confidential;
}

export type Action = 'answer' | 'hold' | 'divert' | 'appoint' | 'decline';

export interface PostureRule {
  priority?: number;
  types?: string[];
  action: Action;
  limit_ms?: number;
  desk?: string;
  words?: string;
}

/** Calls of this priority and those less urgent are sent only while more than `units` are free; once shut it opens `band` higher. */
export interface Reserve { priority: number; units: number; band?: number; shut?: boolean }

export interface Area { kind: 'city' | 'beats' | 'zone' | 'drawn'; beats?: string[]; zone?: string; outline?: [number, number][] }

export interface Posture {
  id: string;
  version: number;
  service: Service;
  area: Area;
  title: string;
  rules?: PostureRule[];
  reserve?: Reserve[];
  from: string;
  review_by: string;
  until?: string;
  authority: string;
  reason?: string;
  reason_state: 'stated' | 'none_stated';
  incomplete: boolean;
  unreviewed: boolean;
  script?: string;
  ended_at?: string;
  invented?: string[];
  reviews?: number;
  preset?: string;
  /** calls held under it now */
  held?: number;
}

/** A posture that waits to be declared: everything but the authority and, unless it has a usual one, the reason. */
export interface PosturePreset { id: string; title: string; service: string; area?: Area; rules?: PostureRule[] | null; reserve?: Reserve[] | null; review_hours?: number; until_hours?: number; script?: string; reason?: string; in_force?: string }

/** Where no reason was given, none_stated names the source that says so. */
export interface Reasoned { reason?: string; none_stated?: string }
export interface PresetDeclaration extends Reasoned { authority: string; replaces?: string }
export interface PostureAmendment extends Reasoned { title: string; rules: PostureRule[]; reserve: Reserve[]; authority: string; script: string; why: string }

export interface Access {
  id: string;
  kind: 'point' | 'line' | 'area';
  geometry: [number, number][];
  direction?: 'both' | 'forward' | 'backward';
  classes?: string[];
  state: string;
  /** the state after the half-life: what routing believes now */
  current: string;
  source?: string;
  observed_at?: string;
  half_life_ms?: number;
  note?: string;
  obstacle?: '' | 'checkpoint' | 'barricade' | 'closure';
  /** services that a checkpoint lets through */
  admits?: string[];
  delay_ms?: number;
  by?: string;
  stale?: boolean;
  confirmations?: number;
  sightings?: { at: string; by: string; source: string; confidence: string; state: string }[];
  /** facts about the same way that say otherwise */
  conflicts?: string[];
  told?: { service: string; by: string; at: string }[];
  /** services that nobody has told of it */
  untold?: string[];
  on_no_street?: boolean;
}

/** 1 notice, 2 caution, 3 danger */
export type HazardLevel = 1 | 2 | 3;
export type HazardLevelName = 'notice' | 'caution' | 'danger';
export type AckWhere = 'call' | 'dispatch' | 'phone';

/** A danger at a place. Past its review it is unreviewed and counts as before. */
export interface Hazard {
  id: string;
  position?: { lon: number; lat: number };
  radius_m: number;
  place?: string;
  level: HazardLevel;
  level_name: HazardLevelName;
  text?: string;
  by: string;
  at: string;
  review_by: string;
  unreviewed: boolean;
  reviews: number;
  claim?: string;
}

/** A hazard that an incident lies in, with who has read it. */
export interface IncidentHazard {
  id: string;
  level: HazardLevel;
  level_name: HazardLevelName;
  place?: string;
  text?: string;
  unreviewed: boolean;
  acks: { by: string; at: string; where: AckWhere; unit?: string }[];
}

/** From what kind of source a statement came. */
export type SourceKind = 'official' | 'responder' | 'resident' | 'business' | 'spokesperson' | 'media' | 'anonymous' | 'sensor';
export type Grade = 'confirmed' | 'likely' | 'single_source' | 'anecdotal' | 'denied';

/** A statement by a source: never an event. Sealed ones have no statement; roles that see less get none either. */
export interface Claim {
  id: string;
  role: string;
  kind: SourceKind;
  statement: string;
  grade: Grade;
  grades: { grade: Grade; at: string; by: string; why?: string }[];
  first_hand: boolean;
  corroborates: string[];
  corroborated_by: string[];
  contradicts: string[];
  contradicted_by: string[];
  /** what somebody made of it in their own name, as kind:id */
  became: string[];
  at: string;
  /** left out while it is on legal hold */
  seal_at?: string;
  sealed: boolean;
  hold?: { authority: string; reason?: string; at: string; by: string };
  invented?: boolean;
}

export interface NewClaim { role: string; kind: SourceKind; statement: string; grade: Grade; first_hand: boolean; corroborates: string[]; contradicts: string[] }

/** What the room tells many people. Without claims it is the room's own word. */
export interface Bulletin {
  id: string;
  text?: string;
  claims: string[];
  service?: string;
  beats: string[];
  desk: string;
  override?: { by: string; why: string };
  issued_at: string;
  by: string;
  /** left out while it is in question */
  public_at?: string;
  released_by?: string;
  questions: { claim: string; why: string; at: string }[];
  withdrawn_at?: string;
  withdrawn_by?: string;
  reason?: string;
}

export interface Bolo {
  id: string;
  number: number;
  kind: string;
  description?: string;
  place?: string;
  position?: { lon: number; lat: number };
  services: string[];
  beats: string[];
  incident?: string;
  call?: number;
  claims: string[];
  claims_only: boolean;
  override?: { by: string; why: string };
  questions: { claim: string; why: string; at: string }[];
  authority: string;
  desk: string;
  issued_at: string;
  by: string;
  review_by: string;
  expires_at: string;
  acks: { unit: string; at: string; by: string }[];
  untold: string[];
  ended_at?: string;
  ended_by?: string;
  reason?: string;
}

/** One provider called for an incident. */
export interface Tow { id: string; incident: string; list: string; class: string; provider: string; name: string; state: string; skipped: string[]; suspended: string[]; why?: string; called_at: string; by: string; eta?: string; arrived_at?: string }

export interface RotationRow {
  id: string;
  title: string;
  class: string;
  beats: string[];
  next?: string;
  providers: { id: string; name: string; number: string; suspended_until?: string; suspended_why?: string }[];
  turns: { at: string; by: string; provider: string; what: string; call?: number; why?: string }[];
}

/** What a command has recorded. */
export interface Done { seq: number; at: string; events: string[]; ids: string[] }

export interface PageLine { id: string; what: string; text?: string; due?: string }
export interface HandoverPage {
  desk: Named;
  desks: Named[];
  at: string;
  seat?: { by: string; since: string };
  offer?: { id: string; from?: string; to: string; by: string; at: string; note?: string; absent?: string };
  postures: PageLine[]; majors: PageLine[]; calls: PageLine[]; held: PageLine[]; promises: PageLine[]; alarms: PageLine[];
  zones: PageLine[]; closures: PageLine[]; stations: PageLine[]; bolos: PageLine[]; claims: PageLine[]; tows: PageLine[];
}

export interface FoundCall { id: string; number: number; type: string; beat?: string; place?: string; opened_at: string; closed_at?: string; disposition?: string; case_numbers: string[] }
export interface FoundCalls { items: FoundCall[]; more?: boolean; partial?: boolean; since: string; search?: string }
export interface HereBefore { count: number; days: number; partial?: boolean; known: boolean; items: FoundCall[] }

/** Who may look at a contact that nobody else reads, and who has. */
export interface Confidential { readers: string[]; at: string; by: string; receipt_asked: boolean; looks: { by: string; at: string; reason?: string }[] }

/** What a named reader sees by one look. */
export interface Looked extends Contact { seq: number; reason: string; notes_text: Note[] }

export interface Alarm {
  id: string;
  cause: string;
  level: 'life_safety' | 'warning' | 'notice';
  desk?: string;
  text: string;
  raised_at: string;
  incident?: string;
  contact?: string;
  unit?: string;
  posture?: string;
  preset?: string;
  clearing?: string;
  /** what else it is about, as kind:id */
  about?: string;
  count: number;
  acked_by?: string;
}

export interface CallPromise {
  id: string;
  contact: string;
  told: string;
  by: string;
  channel?: string;
  from?: string;
  due: string;
  state: 'open' | 'kept' | 'broken' | 'updated' | 'not_told_unsafe';
  safe_to_call?: string;
}

export interface CallType { code: string; name: string; service: Service; priority: number; life_safety: boolean; capabilities?: string[]; target_ms?: number }

export interface PlaceFound { label: string; kind: string; lon: number; lat: number; beat?: string; within_m: number; exact: boolean; distance_m?: number }

export interface Notice { kind: 'real' | 'pairing' | 'invented' | 'licence'; text: string }

export interface Named { id: string; name: string }

export interface SentNeed { count: number; capability?: string; kind?: string; service?: string; crew?: number }
/** One service's part of a call; `state` is waiting, done, or the furthest status of its units. */
export interface Share { service: Service; agency?: string; lead: boolean; state: string; needs: SentNeed[]; since: string; reason?: string; due?: string; done_at?: string; disposition?: string; authority?: string }
/** What a call is to get, by which run card and level, and has. */
export interface ResponseRow { card?: string; title?: string; level: number; levels: number; why?: string; over: string[]; notes: string[]; needs: (SentNeed & { what: string; have: number })[]; words: string }
export interface Aid {
  id: string; direction: 'to_us' | 'from_us'; agency: string; needs: SentNeed[]; words: string; incident?: string; reason: string; terms?: string;
  state: 'asked' | 'offered' | 'accepted' | 'refused' | 'sent' | 'arrived' | 'returned' | 'withdrawn';
  due?: string; eta?: string; until?: string; units: string[]; steps: { state: string; at: string; by: string; words?: string }[];
}
export interface NotifierReply {
  enabled: boolean;
  targets: { name: string; kind: string; state: 'ok' | 'failing' | 'open'; pending: number; dead: number; oldest?: string; last_sent?: string; why?: string }[];
  dead: { id: number; target: string; kind: string; text: string; at: string; attempts: number; why: string }[];
}

/** The tables that a change can touch; the store keys every one of them by id. */
export interface Rows {
  units: Unit;
  incidents: Incident;
  contacts: Contact;
  postures: Posture;
  zones: Zone;
  access: Access;
  stations: Station;
  claims: Claim;
  bulletins: Bulletin;
  bolos: Bolo;
  tows: Tow;
  liaisons: Liaison;
  agreements: Agreement;
  plans: Plan;
  clearances: Clearance;
  hazards: Hazard;
  aids: Aid;
  alarms: Alarm;
  promises: CallPromise;
}
export type TableName = keyof Rows;

export interface BoardReply extends Partial<{ [K in TableName]: Rows[K][] | null }> {
  seq: number;
  now: string;
  clock: { speed: number; demo: boolean; frozen: boolean };
  jurisdiction: { name: string; zone: string };
  notices?: Notice[] | null;
  me: { name: string; role: string };
  case_agencies?: string[] | null;
  types?: CallType[] | null;
  desks?: Desk[] | null;
  services?: Named[] | null;
  dispositions?: { code: string; name: string }[] | null;
  statuses?: { code: string; short: string; name: string }[] | null;
}

export interface Change extends Partial<{ [K in TableName]: Rows[K][] | null }> {
  seq: number;
  at: string;
  kind: string;
  text?: string;
  gone?: Partial<Record<TableName, string[] | null>> | null;
}

export interface Positions { at: string; units: [id: string, lon: number, lat: number][] }
export interface ClockTick { now: string; speed: number; frozen: boolean }

export interface SessionReply { name: string; role: string; roles?: string[]; demo: boolean; must_change_password?: boolean }

export interface TimelineEntry { seq: number; at: string; kind: string; text: string; by?: string; struck?: boolean }
export interface Note { id: string; at: string; by: string; text: string; struck_by?: string; why?: string }
export interface PriorityEntry { priority: number; at: string; by: string; reason?: string }
export interface IncidentDetail extends Incident { timeline: TimelineEntry[] | null; notes_text: Note[] | null; priorities?: PriorityEntry[] | null }

export interface RankedUnit { unit: string; kind?: string; travel_ms: number; distance_m?: number; rank: number; fits: boolean; free?: boolean; /** false: its position is not known, and travel_ms means nothing */ known?: boolean; reasons: string[]; position_age_ms?: number }
export interface Recommendation {
  response?: ResponseRow;
  model: string;
  model_note?: string;
  units: RankedUnit[];
  plan?: { needs?: { capability: string; count: number }[] | null; chosen?: string[] | null; missing?: (string | { capability: string; count: number })[] | null };
}

/** `number` is the contact's own, `call_number` that of the call it opened or joined. */
export interface ContactReply { id: string; number: number | null; call_number?: number; durability: string; outcome: Outcome | string; incident?: string; priority?: number; repeat?: number; say?: string }
