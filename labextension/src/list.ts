/**
 * The rows of the jobs table: jobs of the model, filtered, sorted, and folded under their parents. No DOM here.
 *
 * A parent is the job that others name as theirs (a loop, a sweep). Its row stands where it sorts by itself and its
 * children follow when it is open. Children whose parent is unknown share a row that stands for it.
 */

import { Signal, type ISignal } from '@lumino/signaling';
import type { Change, JobsModel } from './model';
import { comparer, matcher, NO_FILTER, type Filter, type Sorting } from './order';
import type { JobView } from './protocol';

/** A row. `job` is null for a parent that is not known itself. */
export interface Row {
  readonly id: string;
  readonly job: JobView | null;
  /** The jobs below it that pass the filter. */
  readonly children: readonly JobView[];
  readonly depth: 0 | 1;
  readonly open: boolean;
}

export class JobList {
  constructor(readonly model: JobsModel) {
    model.changed.connect(this._onChanged, this);
  }

  /** The rows have to be read again. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get filter(): Filter {
    return this._filter;
  }

  set filter(filter: Filter) {
    this._filter = filter;
    this._forget();
  }

  get sorting(): Sorting {
    return this._sorting;
  }

  set sorting(sorting: Sorting) {
    this._sorting = sorting;
    this._forget();
  }

  /** Whether anything is held back by the filter's settings. */
  get filtered(): boolean {
    const { text, status, notebook } = this._filter;
    return text.trim() !== '' || status !== 'all' || notebook !== '';
  }

  /** Opens or folds the children of a parent. */
  toggle(id: string, open = !this._open.has(id)): void {
    if (open) {
      this._open.add(id);
    } else {
      this._open.delete(id);
    }
    this._forget();
  }

  /** How many jobs pass the filter, folded ones included. */
  get count(): number {
    this.rows();
    return this._count;
  }

  /** The notebooks that jobs came from, sorted. */
  notebooks(): string[] {
    const paths = new Set<string>();
    for (const job of this.model.all()) {
      if (job.notebook_path) {
        paths.add(job.notebook_path);
      }
    }
    return [...paths].sort();
  }

  /** Makes the first search as quick as later ones. */
  prepareSearch(): void {
    const passes = matcher({ ...NO_FILTER, text: '-' });
    for (const job of this.model.all()) {
      passes(job);
    }
  }

  rows(): readonly Row[] {
    this._rows ??= this._build(Date.now() / 1000);
    return this._rows;
  }

  /** The ids of jobs that a selection of rows means: a folded parent stands for its children, too. */
  meant(ids: ReadonlySet<string>): string[] {
    const found = new Set<string>();
    for (const row of this.rows()) {
      if (ids.has(row.id)) {
        if (row.job) {
          found.add(row.id);
        }
        if (!row.open) {
          row.children.forEach(job => found.add(job.id));
        }
      }
    }
    return [...found];
  }

  dispose(): void {
    this.model.changed.disconnect(this._onChanged, this);
  }

  private _build(now: number): readonly Row[] {
    const passes = matcher(this._filter);
    const compare = comparer(this._sorting, now);
    const tops: JobView[] = [];
    const families = new Map<string, JobView[]>();
    this._count = 0;
    for (const job of this.model.all()) {
      if (!passes(job)) {
        continue;
      }
      this._count += 1;
      if (job.parent) {
        const family = families.get(job.parent);
        if (family) {
          family.push(job);
        } else {
          families.set(job.parent, [job]);
        }
      } else {
        tops.push(job);
      }
    }
    const shown = new Set(tops.map(job => job.id));
    // a parent that does not pass the filter (or is not known) still stands above its children that do
    const heads: { id: string; job: JobView | null; sort: JobView }[] = tops.map(job => ({
      id: job.id,
      job,
      sort: job
    }));
    for (const [id, family] of families) {
      family.sort(compare);
      if (!shown.has(id)) {
        const job = this.model.get(id) ?? null;
        heads.push({ id, job: job?.parent ? null : job, sort: job ?? family[0] });
      }
    }
    heads.sort((a, b) => compare(a.sort, b.sort));
    const rows: Row[] = [];
    for (const { id, job } of heads) {
      const children = families.get(id) ?? NONE;
      const open = children.length > 0 && this._open.has(id);
      rows.push({ id, job, children, depth: 0, open });
      if (open) {
        children.forEach(child => rows.push({ id: child.id, job: child, children: NONE, depth: 1, open: false }));
      }
    }
    return rows;
  }

  private _onChanged(_: JobsModel, change: Change): void {
    void change;
    this._forget();
  }

  private _forget(): void {
    this._rows = null;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _open = new Set<string>();
  private _filter: Filter = NO_FILTER;
  private _sorting: Sorting = { key: 'created', descending: true };
  private _rows: readonly Row[] | null = null;
  private _count = 0;
}

const NONE: readonly JobView[] = [];
