/** Which bars a histogram shows: sorted, the most frequent `most` of many, and the rest as one. No DOM here. */

import type { Counts } from './bundle';
import { wilson } from './wilson';

export type Order = 'value' | 'count';

export interface Bar {
  readonly label: string;
  readonly count: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The same of the overlaid distribution; null without one. */
  readonly other: { readonly value: number; readonly low: number; readonly high: number } | null;
}

export interface Chosen {
  readonly bars: readonly Bar[];
  /** All outcomes that have no bar of their own; null when all have one. */
  readonly rest: {
    readonly outcomes: number;
    readonly count: number;
    readonly value: number;
    readonly other: number;
  } | null;
}

/** Returns the bars to show: the `most` most frequent outcomes (in either distribution), in the order wished. */
export function chooseBars(counts: Counts, order: Order, most: number): Chosen {
  const { shots, overlay } = counts;
  const mine = new Map(counts.outcomes);
  const theirs = new Map(overlay?.outcomes ?? []);
  const labels = [...new Set([...mine.keys(), ...theirs.keys()])];
  const weight = (label: string): number => Math.max((mine.get(label) ?? 0) / (shots || 1), theirs.get(label) ?? 0);
  const shown = labels.sort((a, b) => weight(b) - weight(a) || compare(a, b)).slice(0, most);
  if (order === 'value') {
    shown.sort(compare);
  } else {
    shown.sort((a, b) => (mine.get(b) ?? 0) - (mine.get(a) ?? 0) || weight(b) - weight(a) || compare(a, b));
  }
  const bars = shown.map(label =>
    bar(label, mine.get(label) ?? 0, shots, overlay ? (theirs.get(label) ?? 0) : null, overlay?.shots)
  );
  const total = Math.max(counts.distinct, labels.length);
  if (total <= shown.length) {
    return { bars, rest: null };
  }
  const count = shots - bars.reduce((sum, one) => sum + one.count, 0);
  const other = 1 - bars.reduce((sum, one) => sum + (one.other?.value ?? 0), 0);
  return {
    bars,
    rest: { outcomes: total - shown.length, count, value: shots ? count / shots : 0, other: Math.max(0, other) }
  };
}

function bar(
  label: string,
  count: number,
  shots: number,
  other: number | null,
  otherShots: number | null | undefined
): Bar {
  const [low, high] = wilson(count, shots);
  const theirs = other === null ? null : bounds(other, otherShots ?? null);
  return { label, count, value: shots ? count / shots : 0, low, high, other: theirs };
}

function bounds(value: number, shots: number | null): { value: number; low: number; high: number } {
  const [low, high] = shots === null ? [value, value] : wilson(Math.round(value * shots), shots);
  return { value, low, high };
}

/** Bitstrings of one length: their order as text is that of their values. */
function compare(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
