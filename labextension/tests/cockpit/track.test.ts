import { describe, expect, it } from 'vitest';
import { linesOf, origin } from '../../src/cockpit/lines';
import { LOOP_MIME, readAnswer, readRows, readState, readStored, unread, type LoopData } from '../../src/cockpit/read';
import { thin } from '../../src/cockpit/thin';
import { lowerBound, Track } from '../../src/cockpit/track';
import { decodeMessage } from '../../src/protocol';
import { wire } from '../wire';

const stored = readStored(wire.mime[LOOP_MIME])!;
const answer = readAnswer(wire.rest.loop.body);

/** Rows of iterations `from` to `to`, each with value 1/iteration. */
function rows(from: number, to: number): object {
  const iteration = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const none = iteration.map(() => null);
  const value = iteration.map(i => 1 / i);
  const std = iteration.map(() => 0);
  return {
    iteration,
    evaluations: iteration,
    shots: std,
    seconds: iteration,
    value,
    std,
    gradient_norm: none,
    step: none
  };
}

function part(from: number, to: number, more = false): LoopData {
  return readAnswer({
    id: 'l',
    state: { phase: 'running', iteration: to, evaluations: to },
    rows: rows(from, to),
    more
  });
}

describe('reading', () => {
  it('takes what Python stores, of loops that run and that have ended', () => {
    expect(stored.state).toMatchObject({
      phase: 'running',
      iteration: 3,
      shots: 2000,
      spent_shots: 17000,
      biased: true
    });
    expect(stored.rows.value).toEqual([0.5, 0.25, -0.03125]);
    expect(stored.final).toBeNull();
    const ended = readStored(wire.mime[`${LOOP_MIME}, ended`])!;
    expect(ended.final).toEqual({ value: 0.0078125, std: 0.015625, measured: 2000, reason: 'stopped by the user' });
  });

  it('takes the answer of the server, and a pulse', () => {
    expect(answer.points.x).toHaveLength(3);
    expect(answer.notes[0].iteration).toBe(3);
    const pulse = decodeMessage(JSON.stringify(wire.socket.loops));
    expect(pulse.type === 'loops' && readRows(pulse.loops[0].rows)?.iteration).toEqual([2, 3]);
  });

  it('refuses what is no loop, and columns of different lengths', () => {
    expect(readStored(null)).toBeNull();
    expect(readStored({ id: 'x' })).toBeNull();
    expect(readRows({ ...rows(1, 3), value: [1] })).toBeNull();
  });
});

describe('a track', () => {
  it('appends news once, and keeps the lowest value so far', () => {
    const track = new Track(part(1, 3));
    const state = readState({ phase: 'running', iteration: 5, evaluations: 5 });
    expect(track.take(state, readRows(rows(2, 5))!)).toBe(true);
    expect(track.take(state, readRows(rows(2, 5))!)).toBe(true);
    expect(track.columns.iteration).toEqual([1, 2, 3, 4, 5]);
    expect(track.lowest.at(-1)).toBe(0.2);
  });

  it('refuses news that leave a gap, until the gap is filled', () => {
    const track = new Track(part(1, 3));
    const state = readState({ phase: 'running', iteration: 9, evaluations: 9 });
    expect(track.take(state, readRows(rows(8, 9))!)).toBe(false);
    expect(track.size).toBe(3);
    track.load(part(4, 9), 3);
    expect(track.columns.iteration).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('asks for what the loop has said, once it has', () => {
    const track = new Track(part(1, 3));
    const state = readState({ phase: 'paused', iteration: 3, evaluations: 3, note: 'It failed.' });
    expect(track.take(state, readRows(rows(3, 3))!)).toBe(false);
    track.load({ ...part(4, 3), notes: [{ iteration: 3, kind: 'paused', text: 'It failed.' }] }, 3);
    expect(track.take(state, readRows(rows(3, 3))!)).toBe(true);
    expect(track.notes.map(note => note.text)).toEqual(['It failed.']);
  });

  it('replaces a stored part by the whole', () => {
    const track = new Track({ ...part(1, 3), more: true });
    track.load(part(1, 20_000, true), 0);
    track.load(part(20_001, 20_005), 20_000);
    expect(track.size).toBe(20_005);
    expect(track.lowest).toHaveLength(20_005);
  });

  it('finds the nearest iteration', () => {
    const track = new Track(part(1, 5));
    expect([-1, 2.4, 2.6, 99].map(x => track.nearest('iteration', x))).toEqual([0, 1, 2, 4]);
    expect(new Track(unread('x', '')).nearest('iteration', 1)).toBe(-1);
  });

  it('has ended for good, whatever news come late', () => {
    const track = new Track({ ...part(1, 5), status: 'FAILED' });
    track.take(readState({ phase: 'running', iteration: 5, evaluations: 5 }), readRows(rows(5, 5))!);
    expect(track.ended).toBe(true);
  });

  it('does not go back to an older state', () => {
    const track = new Track(part(1, 5));
    track.take(readState({ phase: 'running', iteration: 2, evaluations: 2 }), readRows(rows(1, 2))!);
    expect(track.state.iteration).toBe(5);
  });
});

describe('thinning', () => {
  it('keeps the extremes of every stretch, and few points', () => {
    const x = Array.from({ length: 10_000 }, (_, i) => i);
    const y = x.map(i => Math.sin(i / 50) + (i === 5003 ? 9 : i === 7001 ? -9 : 0));
    const kept = thin(x, y, [0, 9999], 300);
    expect(kept.length).toBeLessThanOrEqual(1210);
    expect(kept).toContain(5003);
    expect(kept).toContain(7001);
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
  });

  it('keeps all of a short stretch and a point to each side', () => {
    const x = Array.from({ length: 10_000 }, (_, i) => i);
    expect(thin(x, x, [100, 110], 300)).toEqual(Array.from({ length: 13 }, (_, i) => 99 + i));
  });

  it('leaves out what is no number', () => {
    expect(thin([1, 2, 3], [1, NaN, 3], [1, 3], 10)).toEqual([0, 2]);
  });

  it('finds bounds in ascending numbers with repetitions', () => {
    expect([0, 1, 2, 9].map(x => lowerBound([1, 1, 2, 2, 5], x))).toEqual([0, 0, 2, 5]);
  });
});

describe('lines', () => {
  const track = new Track(stored);

  it('calls the lowest of noisy values biased, where it is not the value itself, and draws the exact answer', () => {
    const labels = (one: Track): string[] => linesOf([one], 'iteration', 'value', false).map(line => line.label);
    expect(labels(track)).toEqual(['value', 'exact answer']);
    const risen = { ...stored, rows: { ...stored.rows, value: [0.25, 0.5, -0.03125] } };
    expect(labels(new Track(risen))).toEqual(['lowest seen (biased)', 'value', 'exact answer']);
  });

  it('shows distances from the exact answer where the axis is logarithmic', () => {
    expect(origin([track])).toBe(0);
    expect(linesOf([track], 'shots', 'value', true)[0].y).toEqual([0.5, 0.25, 0.03125]);
  });

  it('has a line for each run, and one for each parameter', () => {
    expect(linesOf([track, new Track(part(1, 3))], 'seconds', 'value', false)).toHaveLength(3);
    expect(linesOf([track], 'iteration', 'parameters', false).map(line => line.y)).toEqual([
      [0.25, 0.125, 0.0625],
      [-0.5, -0.25, -0.125]
    ]);
  });
});
