/** The command line's two ways to the server: what a line means, and carrying it out. */
import { post } from '../wire/api';
import type { Line, LineReading } from '../wire/line';

export const readLine = (l: Line): Promise<LineReading> => post('/command/read', l);
export const carryOut = (l: Line): Promise<{ ids: string[] }> => post('/command', l);
