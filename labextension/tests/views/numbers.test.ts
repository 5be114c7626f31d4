import { describe, expect, it } from 'vitest';
import { place, scale } from '../../src/views/axis';
import { chooseBars } from '../../src/views/bars';
import { angle, exact, grouped, percent, withError } from '../../src/views/numbers';
import { wilson } from '../../src/views/wilson';

describe('numbers', () => {
  it('are written with as many digits as they carry, as in Python', () => {
    expect([0, 0.125, 0.00127, 0.000001, 0.9999, 1].map(percent)).toEqual([
      '0.0 %',
      '12.5 %',
      '0.13 %',
      '<0.001 %',
      '>99.9 %',
      '100.0 %'
    ]);
    expect(withError(0.98123, 0.0061)).toEqual(['0.9812', '0.0061']);
    expect(withError(-0.00001, 0.01)).toEqual(['0.000', '0.010']);
    expect([exact(1e-15), exact(-0.5), exact(0.123456789)]).toEqual(['0', '−0.5', '0.12345679']);
    expect([1234567, 999, 0].map(grouped)).toEqual(['1,234,567', '999', '0']);
    expect([0, Math.PI / 2, -Math.PI / 4, 1].map(angle)).toEqual(['0', 'π/2', '−π/4', '0.32π']);
  });

  it("are inside Wilson's interval, which is Brown, Cai and DasGupta's example and never leaves 0 to 1", () => {
    const [low, high] = wilson(50, 100);
    expect(low).toBeCloseTo(0.40383, 4);
    expect(high).toBeCloseTo(0.59617, 4);
    expect(wilson(0, 20)[0]).toBe(0);
    expect(wilson(20, 20)[1]).toBe(1);
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});

describe('an axis', () => {
  it('holds every value and has round ticks', () => {
    const axis = scale([0.13, 7.9]);
    expect([axis.low, axis.high]).toEqual([0, 8]);
    expect(axis.ticks.map(tick => tick.label)).toEqual(['0', '2', '4', '6', '8']);
    expect(place(axis, 4)).toBe(0.5);
  });

  it('counts in fractions of π where its ends are such', () => {
    expect(scale([0, 2 * Math.PI], 5, false, true).ticks.map(tick => tick.label)).toEqual([
      '0',
      'π/2',
      'π',
      '3π/2',
      '2π'
    ]);
  });

  it('survives one value, none, and values that are no numbers', () => {
    for (const values of [[3], [], [NaN], [0, 0]]) {
      const axis = scale(values);
      expect(axis.high).toBeGreaterThan(axis.low);
      expect(axis.ticks.length).toBeGreaterThan(1);
    }
  });
});

describe('bars', () => {
  const counts = {
    shots: 100,
    distinct: 5,
    registers: [['c', 2] as const],
    outcomes: [
      ['00', 40],
      ['01', 5],
      ['10', 15],
      ['11', 35]
    ] as [string, number][]
  };

  it('are sorted as wished, and the rest is one bar', () => {
    const byCount = chooseBars(counts, 'count', 2);
    expect(byCount.bars.map(bar => bar.label)).toEqual(['00', '11']);
    expect(byCount.rest).toMatchObject({ outcomes: 3, count: 25, value: 0.25 });
    expect(chooseBars(counts, 'value', 4).bars.map(bar => bar.label)).toEqual(['00', '01', '10', '11']);
    expect(chooseBars(counts, 'value', 4).rest).toMatchObject({ outcomes: 1, count: 5 });
  });

  it('stand beside those of another distribution, whose outcomes count too', () => {
    const overlay = {
      label: 'ideal',
      shots: null,
      outcomes: [
        ['00', 0.5],
        ['11', 0.4],
        ['1x', 0.1]
      ] as [string, number][]
    };
    const { bars, rest } = chooseBars({ ...counts, overlay }, 'count', 9);
    expect(bars.find(bar => bar.label === '1x')).toMatchObject({
      count: 0,
      other: { value: 0.1, low: 0.1, high: 0.1 }
    });
    expect(rest).toBeNull();
  });

  it('have no width where there are no shots', () => {
    expect(chooseBars({ ...counts, shots: 0, outcomes: [], distinct: 0 }, 'value', 8)).toEqual({
      bars: [],
      rest: null
    });
  });
});
