/**
 * Makes a `Bundle` of what a notebook stores.
 *
 * It may come from anywhere, also from a stranger's notebook: only what has the right shape is let through, and every
 * length is bounded.
 */

import type { Counts, PartialCounts, Sweep, Rows, Grid, StateTrace, Laid, Scattered, Part, Bundle } from './bundle';

const MOST_PARTS = 12;
const MOST_ROWS = 1024;
const MOST_POINTS = 4096;
/** One for each colour. */
const MOST_SERIES = 8;

/** Returns the bundle in `value`; null where it is none, or holds something that these views cannot draw. */
export function readBundle(value: unknown): Bundle | null {
  const data = object(value);
  if (!data || typeof data.headline !== 'string') {
    return null;
  }
  const pubs = array(data.pubs).slice(0, MOST_PARTS);
  const parts: Part[] = [];
  for (const pub of pubs) {
    const part = readPart(object(pub));
    if (!part) {
      return null;
    }
    parts.push(part);
  }
  for (const state of array(data.states).slice(0, MOST_PARTS)) {
    const trace = readState(object(state));
    if (!trace) {
      return null;
    }
    parts.push({ kind: 'state', data: trace });
  }
  if (parts.length === 0) {
    return null;
  }
  return {
    id: text(data.id),
    headline: text(data.headline, 500),
    parts,
    more: Math.max(0, (whole(data.num_pubs) ?? pubs.length) - pubs.length),
    notes: array(data.notes)
      .slice(0, 20)
      .map(note => text(note, 500))
  };
}

function readPart(pub: Record<string, unknown> | null): Part | null {
  if (!pub) {
    return null;
  }
  if (pub.sweep !== undefined) {
    const data = readSweep(object(pub.sweep));
    return data && { kind: 'sweep', data };
  }
  if (pub.grid !== undefined) {
    const data = readGrid(object(pub.grid));
    return data && { kind: 'grid', data };
  }
  if (pub.table !== undefined) {
    const data = readTable(object(pub.table));
    return data && { kind: 'table', data };
  }
  if (pub.laid !== undefined) {
    const data = readLaid(object(pub.laid));
    return data && { kind: 'laid', data };
  }
  if (pub.scattered !== undefined) {
    const data = readScattered(object(pub.scattered));
    return data && { kind: 'scattered', data };
  }
  if (pub.values !== undefined) {
    const values = array(pub.values)
      .slice(0, MOST_ROWS)
      .map(row => [text(array(row)[0]), number(array(row)[1]), number(array(row)[2])] as const);
    return { kind: 'values', data: { exact: pub.exact === true, values, total: whole(pub.total) ?? values.length } };
  }
  if (pub.outcomes !== undefined && array(pub.shape).length === 0) {
    const data = readCounts(pub);
    return data && { kind: 'counts', data };
  }
  return null;
}

/** Returns the outcomes in `pub`, or null. */
export function readCounts(pub: Record<string, unknown>): Counts | null {
  const shots = whole(pub.shots);
  const outcomes = pairs(pub.outcomes);
  if (shots === null || !outcomes) {
    return null;
  }
  const overlay = object(pub.overlay);
  const theirs = overlay && pairs(overlay.outcomes);
  return {
    shots,
    distinct: whole(pub.distinct) ?? outcomes.length,
    registers: array(pub.registers)
      .slice(0, 64)
      .map(one => [text(array(one)[0]), whole(array(one)[1]) ?? 0] as const),
    outcomes,
    overlay:
      overlay && theirs ? { label: text(overlay.label), shots: whole(overlay.shots), outcomes: theirs } : undefined,
    name: text(pub.name)
  };
}

/** Returns the counts so far in `value`, or null. */
export function readPartial(value: unknown): PartialCounts | null {
  const data = object(value);
  const counts = data && readCounts(data);
  return counts && { ...counts, total: Math.max(counts.shots, whole(data.total) ?? 0) };
}

function readSweep(data: Record<string, unknown> | null): Sweep | null {
  if (!data) {
    return null;
  }
  const x = numbers(data.x);
  const curves = array(data.curves)
    .slice(0, 8)
    .map(value => {
      const curve = object(value) ?? {};
      return {
        label: text(curve.label),
        values: numbers(curve.values),
        low: numbers(curve.low),
        high: numbers(curve.high)
      };
    });
  if (
    !x.length ||
    !curves.length ||
    curves.some(one => [one.values, one.low, one.high].some(s => s.length !== x.length))
  ) {
    return null;
  }
  const total = Math.max(curves.length, whole(data.total) ?? 0);
  return { axis: text(data.axis), x, curves, y: text(data.y), counts: data.counts === true, total };
}

function readTable(data: Record<string, unknown> | null): Rows | null {
  if (!data) {
    return null;
  }
  const rows = array(data.rows)
    .slice(0, MOST_ROWS)
    .map(row => array(row).map(cell => text(cell, 4096)));
  return {
    head: array(data.head).map(cell => text(cell)),
    rows,
    total: whole(data.total) ?? rows.length,
    note: text(data.note, 500)
  };
}

function readLaid(data: Record<string, unknown> | null): Laid | null {
  const labels = array(data?.labels).map(label => text(label));
  const rows = array(data?.rows)
    .slice(0, MOST_ROWS)
    .map(row => ({
      label: text(array(row)[0], 4096),
      values: array(array(row)[1]).map(
        one => [0, 1, 2].map(k => number(array(one)[k]) ?? -1) as [number, number, number]
      ),
      others: array(row)[2] === true
    }));
  const fits = rows.every(row => row.values.length === labels.length && row.values.flat().every(x => x >= 0));
  if (!data || !fits || labels.length < 1 || labels.length > MOST_SERIES || rows.length < 1) {
    return null;
  }
  return { labels, rows, distances: readTable(object(data.distances)), note: text(data.note, 500) };
}

function readScattered(data: Record<string, unknown> | null): Scattered | null {
  const outcomes = array(data?.outcomes)
    .slice(0, MOST_ROWS)
    .map(row => {
      const [mean, std, shotNoise] = [1, 2, 3].map(k => number(array(row)[k]) ?? -1);
      return { label: text(array(row)[0], 4096), mean, std, shotNoise, runs: numbers(array(row)[4]) };
    });
  const fits = outcomes.every(
    one => [one.mean, one.std, one.shotNoise].every(x => x >= 0) && one.runs.every(Number.isFinite)
  );
  return data && fits && outcomes.length > 0
    ? { outcomes, leftOut: whole(data.left_out) ?? 0, note: text(data.note, 500) }
    : null;
}

function readGrid(data: Record<string, unknown> | null): Grid | null {
  const [x, y] = [object(data?.x), object(data?.y)];
  if (!data || !x || !y) {
    return null;
  }
  const grid: Grid = {
    label: text(data.label),
    x: { name: text(x.name), values: numbers(x.values) },
    y: { name: text(y.name), values: numbers(y.values) },
    values: array(data.values).slice(0, MOST_POINTS).map(numbers)
  };
  const fits =
    grid.values.length === grid.y.values.length && grid.values.every(row => row.length === grid.x.values.length);
  return fits && grid.values.length > 0 && grid.x.values.length > 0 ? grid : null;
}

function readState(data: Record<string, unknown> | null): StateTrace | null {
  const qubits = whole(data?.num_qubits);
  if (!data || qubits === null || qubits < 1 || qubits > 8 || typeof data.amplitudes !== 'string') {
    return null;
  }
  const steps = array(data.steps).map(step => text(step));
  // 8 bytes for each amplitude, 4 characters for 3 bytes
  const expected = Math.ceil((steps.length * 2 ** qubits * 8) / 3) * 4;
  return steps.length > 0 && data.amplitudes.length === expected
    ? { qubits, steps, amplitudes: data.amplitudes }
    : null;
}

function pairs(value: unknown): (readonly [string, number])[] | null {
  const rows = array(value)
    .slice(0, MOST_ROWS)
    .map(row => [text(array(row)[0], 4096), number(array(row)[1]) ?? -1] as const);
  return Array.isArray(value) && rows.every(row => row[1] >= 0) ? rows : null;
}

function numbers(value: unknown): number[] {
  return array(value)
    .slice(0, MOST_POINTS)
    .map(item => number(item) ?? NaN);
}

function object(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function array(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown, most = 200): string {
  return typeof value === 'string' ? value.slice(0, most) : '';
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function whole(value: unknown): number | null {
  const found = number(value);
  return found !== null && found >= 0 ? Math.floor(found) : null;
}
