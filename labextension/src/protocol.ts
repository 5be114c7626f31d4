/**
 * What the server and the browser say to each other, as types, and the checks that let nothing else in.
 *
 * `tests/fixtures/wire.json` holds one of each; the Python and the TypeScript tests read it. Times are seconds since the
 * epoch. Unknown fields are allowed, so that a newer server can say more.
 */

import type { PartialCounts } from './views/bundle';
import { readPartial } from './views/read';

export type JobStatus =
  | 'CREATED'
  | 'HELD'
  | 'READY'
  | 'SUBMITTING'
  | 'IN_DOUBT'
  | 'QUEUED'
  | 'RUNNING'
  | 'FETCHING'
  | 'CANCELLING'
  | 'DONE'
  | 'FAILED'
  | 'CANCELLED'
  | 'LOST';

/** In the order of a job's life. */
export const STATUSES: readonly JobStatus[] = [
  'CREATED',
  'HELD',
  'READY',
  'SUBMITTING',
  'IN_DOUBT',
  'QUEUED',
  'RUNNING',
  'FETCHING',
  'CANCELLING',
  'DONE',
  'FAILED',
  'CANCELLED',
  'LOST'
];

const FINAL: ReadonlySet<JobStatus> = new Set(['DONE', 'FAILED', 'CANCELLED', 'LOST']);
const RUNNING: ReadonlySet<JobStatus> = new Set(['RUNNING', 'FETCHING', 'CANCELLING']);

/** Whether nothing will change any more. */
export function isFinal(status: JobStatus): boolean {
  return FINAL.has(status);
}

/** Whether a job of this status occupies a simulator or a device. */
export function isRunning(status: JobStatus): boolean {
  return RUNNING.has(status);
}

/** What the server says of a job. */
export interface JobView {
  readonly id: string;
  readonly status: JobStatus;
  readonly kind: string;
  readonly name: string;
  readonly backend: string;
  readonly shots: number | null;
  readonly tags: readonly string[];
  readonly notebook: string;
  readonly parent: string;
  readonly seed: number;
  readonly created: number;
  readonly started: number | null;
  readonly ended: number | null;
  readonly attempt: number;
  readonly position: number | null;
  readonly error: string;
  readonly error_kind: string;
  readonly headline: string;
  readonly cell_id: string;
  readonly notebook_path: string;
  /** How long it is expected to run, in seconds. */
  readonly expected: number | null;
  /** Why this backend was chosen, in a sentence. */
  readonly why: string;
  /** What it costs, in US dollars. */
  readonly cost: number | null;
  /** How many jobs of the same parent a folded list shows as this one. */
  readonly family: number;
  /** Its provider's own id, where it runs at one. */
  readonly remote: string;
}

/** One stored fact about one job. `view` is the job afterwards; null where the job is gone. */
export interface JobEvent {
  readonly seq: number;
  readonly job: string;
  readonly kind: string;
  readonly time: number;
  readonly status: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly view: JobView | null;
}

/** What is not stored: the newest value per job. */
export interface LiveView {
  readonly id: string;
  readonly position: number | null;
  readonly elapsed: number | null;
  readonly expected: number | null;
  /** How far it is, from 0 to 1; null where it cannot tell. */
  readonly progress: number | null;
  /** The backend that runs it, and why; "" where that is not known yet. */
  readonly backend: string;
  readonly why: string;
  /** Its counts so far, where its shots come in parts. */
  readonly counts: PartialCounts | null;
}

/** What is new of a loop: how it stands, and its newest iterations as columns; see docs/loops.md. */
export interface LoopPulse {
  readonly id: string;
  readonly state: Readonly<Record<string, unknown>>;
  readonly rows: Readonly<Record<string, unknown>>;
}

export type Message =
  | { readonly type: 'snapshot'; readonly seq: number; readonly jobs: readonly JobView[]; readonly total: number }
  | { readonly type: 'events'; readonly seq: number; readonly events: readonly JobEvent[] }
  | { readonly type: 'live'; readonly jobs: readonly LiveView[] }
  | { readonly type: 'loops'; readonly loops: readonly LoopPulse[] }
  | { readonly type: 'offline'; readonly message: string }
  | { readonly type: 'online' };

/** A page of jobs, newest first. */
export interface JobPage {
  readonly seq: number;
  readonly jobs: readonly JobView[];
  /** Where a search was left before its end: it goes on before this job. */
  readonly reached: string;
}

/** All that is known of one job. */
export interface JobDetail {
  readonly job: JobView;
  readonly events: readonly JobEvent[];
  readonly spec: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>> | null;
  /** The other forms in which a notebook stores the result: plain text and HTML, by MIME type. */
  readonly stored: Readonly<Record<string, unknown>>;
  /** Why there is no result, where that needs a word. */
  readonly note: string;
  readonly transpiled: readonly unknown[];
  /** How long each stage took, in seconds. */
  readonly seconds: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** The service as a whole; `pid` is null when none runs. */
export interface ServiceStatus {
  readonly pid: number | null;
  readonly [key: string]: unknown;
}

/** What came over the wire is not what was agreed. */
export class ProtocolError extends Error {}

/** Returns the message that `text` holds. */
export function decodeMessage(text: string): Message {
  const data = record(JSON.parse(text), 'message');
  switch (data.type) {
    case 'snapshot':
      return { type: 'snapshot', ...jobsOf(data), total: optionalNumber(data.total) ?? 0 };
    case 'events':
      return { type: 'events', seq: number(data.seq, 'seq'), events: list(data.events, 'events').map(decodeEvent) };
    case 'live':
      return { type: 'live', jobs: list(data.jobs, 'jobs').map(decodeLive) };
    case 'loops':
      return { type: 'loops', loops: list(data.loops, 'loops').map(decodeLoopPulse) };
    case 'offline':
      return { type: 'offline', message: optionalText(data.message) };
    case 'online':
      return { type: 'online' };
    default:
      throw new ProtocolError(`unknown message ${JSON.stringify(data.type)}`);
  }
}

/** Returns a checked page of jobs. */
export function decodePage(value: unknown): JobPage {
  const data = record(value, 'page');
  return { ...jobsOf(data), reached: optionalText(data.reached) };
}

function jobsOf(data: Record<string, unknown>): { seq: number; jobs: JobView[] } {
  return { seq: number(data.seq, 'seq'), jobs: list(data.jobs, 'jobs').map(decodeJob) };
}

/** Returns a checked detail of a job. */
export function decodeDetail(value: unknown): JobDetail {
  const data = record(value, 'detail');
  return {
    job: decodeJob(data.job),
    events: list(data.events ?? [], 'events').map(decodeEvent),
    spec: record(data.spec ?? {}, 'spec'),
    result: data.result == null ? null : record(data.result, 'result'),
    stored: record(data.stored ?? {}, 'stored'),
    note: optionalText(data.note),
    transpiled: list(data.transpiled ?? [], 'transpiled'),
    seconds: record(data.seconds ?? {}, 'seconds'),
    notes: list(data.notes ?? [], 'notes').map(note => text(note, 'note'))
  };
}

/** Returns a checked job. */
export function decodeJob(value: unknown): JobView {
  const data = record(value, 'job');
  const status = data.status as JobStatus;
  if (!STATUSES.includes(status)) {
    throw new ProtocolError(`unknown status ${JSON.stringify(data.status)}`);
  }
  return {
    id: text(data.id, 'id'),
    status,
    kind: optionalText(data.kind),
    name: optionalText(data.name),
    backend: optionalText(data.backend),
    shots: optionalNumber(data.shots),
    tags: list(data.tags ?? [], 'tags').map(tag => text(tag, 'tag')),
    notebook: optionalText(data.notebook),
    parent: optionalText(data.parent),
    seed: optionalNumber(data.seed) ?? 0,
    created: number(data.created, 'created'),
    started: optionalNumber(data.started),
    ended: optionalNumber(data.ended),
    attempt: optionalNumber(data.attempt) ?? 0,
    position: optionalNumber(data.position),
    error: optionalText(data.error),
    error_kind: optionalText(data.error_kind),
    headline: optionalText(data.headline),
    cell_id: optionalText(data.cell_id),
    notebook_path: optionalText(data.notebook_path),
    expected: optionalNumber(data.expected),
    why: optionalText(data.why),
    cost: optionalNumber(data.cost),
    family: optionalNumber(data.family) ?? 1,
    remote: optionalText(data.remote)
  };
}

function decodeEvent(value: unknown): JobEvent {
  const data = record(value, 'event');
  return {
    seq: number(data.seq, 'seq'),
    job: text(data.job, 'job'),
    kind: text(data.kind, 'kind'),
    time: number(data.time, 'time'),
    status: optionalText(data.status),
    detail: record(data.detail ?? {}, 'detail'),
    view: data.view == null ? null : decodeJob(data.view)
  };
}

/** Returns checked live values. */
export function decodeLive(value: unknown): LiveView {
  const data = record(value, 'live view');
  return {
    id: text(data.id, 'id'),
    position: optionalNumber(data.position),
    elapsed: optionalNumber(data.elapsed),
    expected: optionalNumber(data.expected),
    progress: optionalNumber(data.progress),
    backend: optionalText(data.backend),
    why: optionalText(data.why),
    counts: readPartial(data.counts)
  };
}

function decodeLoopPulse(value: unknown): LoopPulse {
  const data = record(value, 'loop');
  return { id: text(data.id, 'id'), state: record(data.state, 'state'), rows: record(data.rows, 'rows') };
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError(`${what} is not an object`);
  }
  return value as Record<string, unknown>;
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) {
    throw new ProtocolError(`${what} is not a list`);
  }
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new ProtocolError(`${what} is not a text`);
  }
  return value;
}

function number(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new ProtocolError(`${what} is not a number`);
  }
  return value;
}

function optionalText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optionalNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
