/** Jobs to test with. */

import type { JobEvent, JobView, LiveView } from '../src/protocol';

export const T0 = 1_766_000_000;

let made = 0;

/** Returns a job; ids rise with `created`, as the client makes them. */
export function job(fields: Partial<JobView> = {}): JobView {
  const created = fields.created ?? T0 + made++;
  return {
    id: `j${String(created - T0).padStart(8, '0')}`,
    status: 'DONE',
    kind: 'sample',
    name: '',
    backend: 'aer',
    shots: 1024,
    tags: [],
    notebook: '',
    parent: '',
    seed: 1,
    created,
    started: created + 1,
    ended: created + 2,
    attempt: 1,
    position: null,
    error: '',
    error_kind: '',
    headline: '',
    cell_id: '',
    notebook_path: '',
    expected: null,
    why: '',
    cost: null,
    family: 1,
    remote: '',
    ...fields
  };
}

export function queued(fields: Partial<JobView> = {}): JobView {
  return job({ status: 'READY', started: null, ended: null, ...fields });
}

export function running(fields: Partial<JobView> = {}): JobView {
  return job({ status: 'RUNNING', ended: null, ...fields });
}

export function event(seq: number, view: JobView | null, id = view?.id ?? ''): JobEvent {
  return { seq, job: id, kind: 'job.changed', time: T0 + seq, status: view?.status ?? '', detail: {}, view };
}

export function live(id: string): LiveView {
  return { id, position: null, elapsed: 2, expected: null, progress: 0.5, backend: 'aer', why: '', counts: null };
}
