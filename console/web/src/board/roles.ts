/** Which roles do what, as auth's table has it: to show a button, never to decide. */
const ROOM = new Set(['call-taker', 'dispatcher', 'supervisor']);
const DISPATCHERS = new Set(['dispatcher', 'supervisor']);
const CREWS = new Set(['dispatcher', 'supervisor', 'responder']);

/** somebody who sits in the room: records claims, does steps */
export const inRoom = (role: string): boolean => ROOM.has(role);
/** sends and moves units, keeps liaisons */
export const dispatches = (role: string): boolean => DISPATCHERS.has(role);
/** tries to reach a liaison, asks for and gives clearances */
export const isCrew = (role: string): boolean => CREWS.has(role);
