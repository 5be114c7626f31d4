/**
 * One run on the cockpit's screen: all of its iterations that are here, growing. No DOM.
 *
 * A stored view holds some of the iterations (`complete` is false then); what the server says replaces it. After that,
 * news are appended, and news that leave a gap are refused, so that who brings them can ask for what is missing.
 */

import { isFinal, type JobStatus } from '../protocol';
import { COLUMNS, type Column, type LoopData, type LoopState, type Note, type Rows } from './read';

export class Track {
  constructor(data: LoopData) {
    this.id = data.id;
    this.name = data.name;
    this.status = data.status;
    this.data = data;
    this.state = data.state;
    this.notes = [...data.notes];
    this.complete = !data.more;
    this._append(data.rows, 0);
    this.points = { iteration: [...data.points.iteration], x: [...data.points.x] };
  }

  readonly id: string;
  name: string;
  status: JobStatus | '';
  /** What was said first, or at the end: labels, the exact answer, the result. */
  data: LoopData;
  state: LoopState;
  notes: Note[];
  points: { iteration: number[]; x: (readonly number[])[] };
  /** Whether every iteration up to the last one is here. */
  complete: boolean;
  readonly columns: Record<Column, number[]> = Object.fromEntries(
    COLUMNS.map(name => [name, [] as number[]])
  ) as Record<Column, number[]>;
  /** The lowest value up to each iteration. */
  readonly lowest: number[] = [];

  get size(): number {
    return this.columns.iteration.length;
  }

  get last(): number {
    return this.columns.iteration.at(-1) ?? 0;
  }

  get ended(): boolean {
    return this.state.phase === 'ended' || this.data.final !== null || (this.status !== '' && isFinal(this.status));
  }

  /** Whether any value has an error bar. */
  get noisy(): boolean {
    return this.state.biased || this.columns.std.some(std => std > 0);
  }

  /** Takes how the loop stands and its newest iterations; false where some before them, or what it said, are missing. */
  take(state: LoopState, rows: Rows): boolean {
    if (!this.ended && state.evaluations >= this.state.evaluations) {
      // news may come after the end
      this.state = state;
    }
    if (!this.complete || (rows.iteration[0] ?? 0) > this.last + 1) {
      return false;
    }
    this._append(rows, this.last);
    const heard = !state.note || this.notes.some(note => note.text === state.note);
    return heard && this.last >= state.iteration;
  }

  /** Takes a part of what the server has, asked for since `since`; since 0 replaces all. */
  load(part: LoopData, since: number): void {
    if (since === 0) {
      this._clear();
      this.notes = [];
      this.data = { ...this.data, labels: part.labels, exact: part.exact ?? this.data.exact };
    }
    this.complete = true;
    this.notes.push(
      ...part.notes.filter(note => !this.notes.some(one => one.text === note.text && one.iteration === note.iteration))
    );
    this.state = this.ended ? { ...part.state, phase: 'ended' } : part.state;
    this._append(part.rows, this.last);
  }

  /** Takes points of parameter space that come after those which are here. */
  addPoints(part: LoopData): void {
    const last = this.points.iteration.at(-1) ?? 0;
    part.points.iteration.forEach((iteration, i) => {
      if (iteration > last) {
        this.points.iteration.push(iteration);
        this.points.x.push(part.points.x[i]);
      }
    });
  }

  /** Returns the place of the iteration whose `column` is nearest to `x`; -1 where there is none. */
  nearest(column: Column, x: number): number {
    const values = this.columns[column];
    const right = lowerBound(values, x);
    if (right > 0 && (right === values.length || x - values[right - 1] < values[right] - x)) {
      return right - 1;
    }
    return values.length ? right : -1;
  }

  /** Takes what came out at the end. */
  finish(data: LoopData): void {
    this.data = data;
    this.state = { ...data.state, phase: 'ended' };
    this.notes = [...data.notes];
  }

  private _append(rows: Rows, after: number): void {
    const first = lowerBound(rows.iteration, after + 1);
    for (const name of COLUMNS) {
      const column = this.columns[name];
      for (let i = first; i < rows[name].length; i++) {
        column.push(rows[name][i]);
      }
    }
    for (let i = this.lowest.length; i < this.columns.value.length; i++) {
      this.lowest.push(Math.min(this.lowest[i - 1] ?? Infinity, this.columns.value[i]));
    }
  }

  private _clear(): void {
    COLUMNS.forEach(name => (this.columns[name].length = 0));
    this.lowest.length = 0;
  }
}

/** Returns the first place in ascending `values` whose value is not below `x`. */
export function lowerBound(values: readonly number[], x: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
