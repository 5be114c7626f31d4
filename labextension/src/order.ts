/** Which jobs are shown, and in which order: pure functions over jobs. */

import { isFinal, STATUSES, type JobStatus, type JobView } from './protocol';

/** The columns a list can be sorted by. */
export type SortKey = 'status' | 'name' | 'backend' | 'position' | 'elapsed' | 'shots' | 'cost' | 'tags' | 'created';

export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** A group of statuses that people ask for. */
export type StatusFilter = 'all' | 'unfinished' | 'done' | 'failed' | 'cancelled';

export interface Filter {
  /** Words that must all occur in id, name, headline, backend, tags, notebook or error. */
  readonly text: string;
  readonly status: StatusFilter;
  /** A notebook's path; "": any. */
  readonly notebook: string;
}

export const NO_FILTER: Filter = { text: '', status: 'all', notebook: '' };

const WANTED: Record<StatusFilter, (status: JobStatus) => boolean> = {
  all: () => true,
  unfinished: status => !isFinal(status),
  done: status => status === 'DONE',
  failed: status => status === 'FAILED' || status === 'LOST',
  cancelled: status => status === 'CANCELLED'
};

/** Returns the predicate that a filter stands for. */
export function matcher(filter: Filter): (job: JobView) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const status = WANTED[filter.status];
  return job =>
    status(job.status) &&
    (filter.notebook === '' || job.notebook_path === filter.notebook) &&
    (words.length === 0 || words.every(word => searchable(job).includes(word)));
}

/** How long a job ran or has been running, in seconds; null before its start. */
export function elapsed(job: JobView, now: number): number | null {
  if (job.started === null) {
    return null;
  }
  const end = job.ended ?? (isFinal(job.status) ? null : now);
  return end === null ? null : Math.max(0, end - job.started);
}

/** Returns an order of jobs; equal ones are newest first, and what has no value comes last both ways. */
export function comparer(sorting: Sorting, now: number): (a: JobView, b: JobView) => number {
  const value = VALUES[sorting.key];
  const sign = sorting.descending ? -1 : 1;
  return (a, b) => {
    const x = value(a, now);
    const y = value(b, now);
    if (x === y) {
      return newestFirst(a, b);
    }
    if (x === null || y === null) {
      return x === null ? 1 : -1;
    }
    return x < y ? -sign : sign;
  };
}

/** The order that jobs come in. */
export function newestFirst(a: JobView, b: JobView): number {
  return b.created - a.created || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

const PLACE = Object.fromEntries(STATUSES.map((status, place) => [status, place]));

const VALUES: Record<SortKey, (job: JobView, now: number) => number | string | null> = {
  status: job => PLACE[job.status],
  name: job => (job.name || job.headline).toLowerCase() || null,
  backend: job => job.backend,
  position: job => job.position,
  elapsed,
  shots: job => job.shots,
  cost: job => job.cost,
  tags: job => job.tags.join(' ').toLowerCase() || null,
  created: job => job.created
};

const TEXTS = new WeakMap<JobView, string>();

function searchable(job: JobView): string {
  let text = TEXTS.get(job);
  if (text === undefined) {
    const parts = [job.id, job.name, job.headline, job.backend, job.notebook_path, job.error, job.status, ...job.tags];
    text = parts.join('\n').toLowerCase();
    TEXTS.set(job, text);
  }
  return text;
}
