/**
 * Fewer points with the same picture: of each stretch of the x axis its first, lowest, highest and last one.
 *
 * A stretch is a pixel or two wide, so that a line through what is left covers the pixels that the whole line would
 * (min-max decimation, as in Jugel et al., "M4", PVLDB 7, 797 (2014)). Points just outside of the range stay, so that
 * lines reach the edge.
 */

import { lowerBound } from './track';

/** Returns the places of the points that are drawn, ascending. `x` ascends; a y that is not finite is left out. */
export function thin(
  x: readonly number[],
  y: readonly number[],
  range: readonly [number, number],
  stretches: number
): number[] {
  const first = Math.max(0, lowerBound(x, range[0]) - 1);
  const past = Math.min(x.length, lowerBound(x, range[1]) + 2);
  const kept: number[] = [];
  if (past - first <= 4 * stretches) {
    for (let i = first; i < past; i++) {
      if (Number.isFinite(y[i])) {
        kept.push(i);
      }
    }
    return kept;
  }
  const width = (range[1] - range[0]) / stretches;
  for (let i = first; i < past;) {
    const stretch = Math.floor((x[i] - range[0]) / width);
    let [begin, low, high, end] = [-1, -1, -1, -1];
    for (; i < past && Math.floor((x[i] - range[0]) / width) === stretch; i++) {
      if (Number.isFinite(y[i])) {
        begin = begin < 0 ? i : begin;
        low = low < 0 || y[i] < y[low] ? i : low;
        high = high < 0 || y[i] > y[high] ? i : high;
        end = i;
      }
    }
    for (const one of [begin, Math.min(low, high), Math.max(low, high), end]) {
      if (one >= 0 && one !== kept.at(-1)) {
        kept.push(one);
      }
    }
  }
  return kept;
}
