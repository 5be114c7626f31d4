/** `application/vnd.qmagic.result.v1+json` as types: what a notebook stores of a result. `read.ts` makes them. */

export const RESULT_MIME = 'application/vnd.qmagic.result.v1+json';
export const JOB_MIME = 'application/vnd.qmagic.job.v1+json';

/** The outcomes of one circuit. `outcomes` has the most frequent ones; `distinct` counts all. */
export interface Counts {
  readonly shots: number;
  readonly distinct: number;
  /** Name and number of bits, in the circuit's order: the last one stands leftmost in a label. */
  readonly registers: readonly (readonly [string, number])[];
  readonly outcomes: readonly (readonly [string, number])[];
  /** A second distribution over the same outcomes: ideal (`shots` null) or another run. */
  readonly overlay?: Overlay;
  readonly name?: string;
}

/** Counts of a job that still runs. */
export interface PartialCounts extends Counts {
  /** How many shots there will be. */
  readonly total: number;
}

export interface Overlay {
  readonly label: string;
  readonly shots: number | null;
  /** Probabilities. */
  readonly outcomes: readonly (readonly [string, number])[];
}

/** Expectation values: label, value, standard error. */
export interface Values {
  readonly exact: boolean;
  readonly values: readonly (readonly [string, number | null, number | null])[];
  readonly total: number;
}

export interface Curve {
  readonly label: string;
  readonly values: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface Sweep {
  readonly axis: string;
  readonly x: readonly number[];
  readonly curves: readonly Curve[];
  readonly y: string;
  /** Whether the curves are frequencies of outcomes. */
  readonly counts: boolean;
  /** Curves there are; only the first ones are here. */
  readonly total: number;
}

/** What has no picture: rows of text. */
export interface Rows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: number;
  readonly note: string;
}

export interface Grid {
  readonly label: string;
  readonly x: { readonly name: string; readonly values: readonly number[] };
  readonly y: { readonly name: string; readonly values: readonly number[] };
  readonly values: readonly (readonly number[])[];
}

/** The state of a small circuit after each of its gates. */
export interface StateTrace {
  readonly qubits: number;
  readonly steps: readonly string[];
  /** Little-endian float32, base64: real and imaginary part of each amplitude, step after step. */
  readonly amplitudes: string;
}

/** Several distributions over the same outcomes; each value is a probability with its interval. */
export interface Laid {
  readonly labels: readonly string[];
  readonly rows: readonly LaidRow[];
  /** How far each is from the first. */
  readonly distances: Rows | null;
  readonly note: string;
}

export interface LaidRow {
  readonly label: string;
  readonly values: readonly (readonly [number, number, number])[];
  /** Whether it stands for all other outcomes. */
  readonly others: boolean;
}

/** Repeated runs of one circuit. */
export interface Scattered {
  readonly outcomes: readonly ScatteredOutcome[];
  readonly leftOut: number;
  readonly note: string;
}

export interface ScatteredOutcome {
  readonly label: string;
  readonly mean: number;
  readonly std: number;
  readonly shotNoise: number;
  readonly runs: readonly number[];
}

export type Part =
  | { readonly kind: 'counts'; readonly data: Counts }
  | { readonly kind: 'values'; readonly data: Values }
  | { readonly kind: 'sweep'; readonly data: Sweep }
  | { readonly kind: 'grid'; readonly data: Grid }
  | { readonly kind: 'table'; readonly data: Rows }
  | { readonly kind: 'laid'; readonly data: Laid }
  | { readonly kind: 'scattered'; readonly data: Scattered }
  | { readonly kind: 'state'; readonly data: StateTrace };

export interface Bundle {
  readonly id: string;
  readonly headline: string;
  readonly parts: readonly Part[];
  /** PUBs that were left out. */
  readonly more: number;
  readonly notes: readonly string[];
}
