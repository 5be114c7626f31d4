/**
 * What is known of a hybrid loop, as types, and the checks that let nothing else in: a stored view may come from a
 * stranger's notebook. The fields are those of docs/loops.md and qmagic/display/loop_data.py.
 */

import { STATUSES, type JobStatus } from '../protocol';

export const LOOP_MIME = 'application/vnd.qmagic.loop.v1+json';
export const SWEEP_MIME = 'application/vnd.qmagic.sweep.v1+json';

/** What there is of each iteration. */
export const COLUMNS = [
  'iteration',
  'evaluations',
  'shots',
  'seconds',
  'value',
  'std',
  'gradient_norm',
  'step'
] as const;
export type Column = (typeof COLUMNS)[number];

/** Iterations as columns of one length, in order; NaN where there is no number. */
export type Rows = Readonly<Record<Column, readonly number[]>>;

export type Phase = 'starting' | 'running' | 'paused' | 'measuring' | 'ended';

/** How a loop stands; see LoopState in qmagic/tapes.py. */
export interface LoopState {
  readonly phase: Phase;
  readonly iteration: number;
  readonly evaluations: number;
  readonly spent_shots: number;
  readonly seconds: number;
  readonly best: number | null;
  readonly best_iteration: number;
  readonly biased: boolean;
  readonly optimizer: string;
  readonly gradient: string;
  readonly learning_rate: number | null;
  readonly maxiter: number;
  readonly shots: number | null;
  readonly precision: number | null;
  readonly obeyed: number;
  /** What it said last; when and why is in its notes. */
  readonly note: string;
  /** What an evaluation at a cloud waits for; "" where none does. */
  readonly waits: string;
  /** US dollars: what it has spent so far, and the most that it may. */
  readonly cost: number;
  readonly budget: number | null;
}

/** What came out: exact (`measured` 0), or measured again with so many fresh shots. */
export interface Final {
  readonly value: number;
  readonly std: number;
  readonly measured: number;
  readonly reason: string;
}

export interface Note {
  readonly iteration: number;
  /** What it is about: "paused" says why the loop paused itself. */
  readonly kind: string;
  readonly text: string;
}

/** Points in parameter space, a row for each of some iterations. */
export interface Points {
  readonly iteration: readonly number[];
  readonly x: readonly (readonly number[])[];
}

/** A loop as it is stored or asked for. */
export interface LoopData {
  readonly id: string;
  readonly name: string;
  readonly status: JobStatus | '';
  readonly why: string;
  readonly error: string;
  readonly state: LoopState;
  readonly labels: readonly string[];
  readonly exact: number | null;
  readonly final: Final | null;
  readonly rows: Rows;
  readonly points: Points;
  readonly notes: readonly Note[];
  /** Whether there are iterations that are not here. */
  readonly more: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const PHASES: readonly string[] = ['starting', 'running', 'paused', 'measuring', 'ended'];
const LONGEST = 200_000;

/** Returns the loop that a notebook stores; null where `value` is none. */
export function readStored(value: unknown): LoopData | null {
  const data = json(value);
  const rows = data && readRows(data.history);
  if (!data || !rows) {
    return null;
  }
  const settings = json(data.settings) ?? {};
  const state = readState({
    ...settings,
    phase: data.phase,
    iteration: data.iterations,
    evaluations: data.evaluations,
    spent_shots: data.shots,
    seconds: data.seconds,
    best: data.lowest,
    best_iteration: data.lowest_iteration,
    biased: data.biased,
    optimizer: data.optimizer,
    gradient: data.gradient,
    waits: data.waits,
    cost: data.cost,
    budget: data.budget
  });
  const points = json(data.points) ?? {};
  const value_ = number(data.value);
  return {
    id: text(data.id),
    name: text(data.name),
    status: STATUSES.includes(data.status as JobStatus) ? (data.status as JobStatus) : '',
    why: text(data.why),
    error: text(data.error),
    state,
    labels: texts(data.labels),
    exact: number(data.exact),
    final:
      value_ === null
        ? null
        : {
            value: value_,
            std: number(data.std) ?? 0,
            measured: number(data.measured) ?? 0,
            reason: text(data.reason)
          },
    rows,
    points: { iteration: column(points.iteration), x: matrix(points.x) },
    notes: readNotes(data.notes),
    more: rows.iteration.length < state.iteration
  };
}

/** Returns the loops of a stored sweep. */
export function readMembers(value: unknown): LoopData[] {
  return list(json(value)?.members)
    .map(readStored)
    .filter(loop => loop !== null);
}

/** Returns a loop of which nothing is known but its id and name. */
export function unread(id: string, name: string): LoopData {
  return { ...readAnswer({ id }), name, more: true };
}

/** Returns the answer to `GET loops/ID`. */
export function readAnswer(value: unknown): LoopData {
  const data = json(value) ?? {};
  const rows = readRows(data.rows) ?? NO_ROWS;
  return {
    id: text(data.id),
    name: '',
    status: '',
    why: '',
    error: '',
    state: readState(json(data.state) ?? {}),
    labels: texts(data.labels),
    exact: number(data.exact),
    final: null,
    rows,
    points:
      Array.isArray(data.points) && data.points.length
        ? { iteration: rows.iteration, x: matrix(data.points) }
        : NO_POINTS,
    notes: readNotes(data.notes),
    more: data.more === true
  };
}

/** Returns how a loop stands; what is missing is as in a loop that has not begun. */
export function readState(data: Json): LoopState {
  return {
    phase: PHASES.includes(data.phase as string) ? (data.phase as Phase) : 'starting',
    iteration: number(data.iteration) ?? 0,
    evaluations: number(data.evaluations) ?? 0,
    spent_shots: number(data.spent_shots) ?? 0,
    seconds: number(data.seconds) ?? 0,
    best: number(data.best),
    best_iteration: number(data.best_iteration) ?? 0,
    biased: data.biased === true,
    optimizer: text(data.optimizer),
    gradient: text(data.gradient),
    learning_rate: number(data.learning_rate),
    maxiter: number(data.maxiter) ?? 0,
    shots: number(data.shots),
    precision: number(data.precision),
    obeyed: number(data.obeyed) ?? 0,
    note: text(data.note),
    waits: text(data.waits),
    cost: number(data.cost) ?? 0,
    budget: number(data.budget)
  };
}

/** Returns iterations; null where the columns are not of one length. */
export function readRows(value: unknown): Rows | null {
  const data = json(value);
  if (!data) {
    return null;
  }
  const rows = Object.fromEntries(COLUMNS.map(name => [name, column(data[name])])) as Record<Column, number[]>;
  return COLUMNS.every(name => rows[name].length === rows.iteration.length) ? rows : null;
}

export const NO_ROWS = Object.fromEntries(COLUMNS.map(name => [name, []])) as unknown as Rows;
const NO_POINTS: Points = { iteration: [], x: [] };

function readNotes(value: unknown): Note[] {
  return list(value)
    .map(json)
    .filter(note => note !== null)
    .map(note => ({ iteration: number(note.iteration) ?? 0, kind: text(note.kind), text: text(note.text) }));
}

function json(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, LONGEST) : [];
}

function column(value: unknown): number[] {
  return list(value).map(one => number(one) ?? NaN);
}

function matrix(value: unknown): number[][] {
  return list(value).map(column);
}

function texts(value: unknown): string[] {
  return list(value).map(text);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
