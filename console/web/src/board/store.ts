import type { BoardReply, Change, Positions, Rows, TableName } from '../wire/types';

export const TABLES: readonly TableName[] = ['units', 'incidents', 'contacts', 'postures', 'zones', 'access', 'stations', 'claims', 'bulletins', 'bolos', 'tows', 'liaisons', 'agreements', 'plans', 'clearances', 'hazards', 'aids', 'alarms', 'promises'];

export type Tables = { [K in TableName]: Map<string, Rows[K]> };

export function emptyTables(): Tables {
  return Object.fromEntries(TABLES.map((t) => [t, new Map()])) as Tables;
}

/** The whole board replaces every table; what is not in the reply is not there any more. */
export function loadTables(board: BoardReply): Tables {
  const tables = emptyTables();
  for (const name of TABLES) for (const row of board[name] ?? []) put(tables, name, row);
  return tables;
}

function put<K extends TableName>(tables: Tables, name: K, row: Rows[K]): void {
  (tables[name] as Map<string, Rows[K]>).set((row as { id: string }).id, row);
}

/**
 * Applies one change: rows are whole and current, so an upsert by id is enough and repeating one is harmless.
 * Returns the touched tables.
 */
export function applyChange(tables: Tables, change: Change): Set<TableName> {
  const touched = new Set<TableName>();
  for (const name of TABLES) {
    for (const row of change[name] ?? []) {
      if (name === 'units') keepNewerPosition(tables, row as Rows['units']);
      put(tables, name, row);
      touched.add(name);
    }
    for (const id of change.gone?.[name] ?? []) if (tables[name].delete(id)) touched.add(name);
  }
  return touched;
}

/** A unit row in a change carries the position known when the event was made; a later fix must not be undone by it. */
function keepNewerPosition(tables: Tables, row: Rows['units']): void {
  const old = tables.units.get(row.id)?.position;
  if (!old) return;
  if (!row.position || (old.at && row.position.at && Date.parse(old.at) > Date.parse(row.position.at))) row.position = old;
}

/** Positions are not events: they move units that are known and say nothing about others. Returns the moved ids. */
export function applyPositions(tables: Tables, p: Positions): string[] {
  const moved: string[] = [];
  for (const [id, lon, lat] of p.units) {
    const unit = tables.units.get(id);
    if (!unit) continue;
    unit.position = { ...unit.position, lon, lat, at: p.at };
    moved.push(id);
  }
  return moved;
}
