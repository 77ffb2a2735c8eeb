/** What is being drawn on the map: who wants the clicks, for what, and the sketch that shows them. */
import type { LonLat } from '../wire/types';
import type { Sketch } from './zones';

export interface Pen {
  /** the field that is filled, for its button's pressed state */
  id: string;
  /** what a click is for, in words */
  wants: string;
  add(p: { lon: number; lat: number }): void;
  /** an outline: its points so far, and how the last one is taken back; without: one click is all */
  ring?: { points(): LonLat[]; undo(): void };
}

class Draw {
  pen = $state.raw<Pen | undefined>(undefined);
  sketch = $state.raw<Sketch | undefined>(undefined);
  wants = $derived(this.pen?.wants);

  /** Sends clicks on the map to this pen; the same one again puts it down. */
  take(pen: Pen): void { this.pen = this.pen?.id === pen.id ? undefined : pen; }
  stop(): void { this.pen = undefined; }
  undo(): void { this.pen?.ring?.undo(); }
  click(p: { lon: number; lat: number }): void {
    const pen = this.pen;
    if (!pen?.ring) this.stop();
    pen?.add(p);
  }
  /** where a click closes the outline that is drawn */
  get first(): LonLat | undefined { const points = this.pen?.ring?.points() ?? []; return points.length > 2 ? points[0] : undefined; }
}

export const draw = new Draw();
