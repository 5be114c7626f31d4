import { describe, expect, it } from 'vitest';
import { RESULT_MIME } from '../../src/views/bundle';
import { readBundle } from '../../src/views/read';
import { wire } from '../wire';

describe('a stored bundle', () => {
  it('as Python writes it is read', () => {
    const bundle = readBundle(wire.mime[RESULT_MIME])!;
    expect(bundle.parts).toHaveLength(1);
    expect(bundle.parts[0]).toMatchObject({
      kind: 'counts',
      data: {
        shots: 4096,
        distinct: 2,
        outcomes: [
          ['00', 2035],
          ['11', 2061]
        ]
      }
    });
  });

  it('that is none, or holds what cannot be drawn, is refused and never throws', () => {
    const counts = { shape: [], shots: 3, outcomes: [['0', 3]], registers: [['c', 1]], distinct: 1 };
    for (const bad of [
      null,
      'text',
      [],
      {},
      { headline: 'x' },
      { headline: 'x', pubs: [] },
      { headline: 'x', pubs: [null] },
      { headline: 'x', pubs: [{ ...counts, shots: -1 }] },
      { headline: 'x', pubs: [{ ...counts, outcomes: [['0', 'many']] }] },
      { headline: 'x', pubs: [{ shape: [2], sweep: { x: [1, 2], curves: [{ values: [1], low: [1], high: [1] }] } }] },
      { headline: 'x', pubs: [{ shape: [2], grid: { x: { values: [1] }, y: { values: [1] }, values: [[1, 2]] } }] },
      { headline: 'x', pubs: [{ laid: { labels: ['a', 'b'], rows: [['0', [[1, 1, 1]], false]] } }] },
      { headline: 'x', pubs: [{ scattered: { outcomes: [['0', 1, 0, 0, ['many']]] } }] },
      { headline: 'x', pubs: [], states: [{ num_qubits: 30, steps: ['a'], amplitudes: '' }] },
      { headline: 'x', pubs: [], states: [{ num_qubits: 1, steps: ['a'], amplitudes: 'AAAA' }] }
    ]) {
      expect(readBundle(bad)).toBeNull();
    }
    expect(readBundle({ headline: 'x', pubs: [counts] })).not.toBeNull();
  });

  it('is cut where it is too long', () => {
    const outcomes = Array.from({ length: 5000 }, (_, i) => [i.toString(2).padStart(13, '0'), 1]);
    const part = readBundle({
      headline: 'x'.repeat(9999),
      pubs: [{ shape: [], shots: 5000, outcomes, distinct: 5000 }]
    })!.parts[0];
    expect(part.kind === 'counts' && part.data.outcomes.length).toBe(1024);
  });
});
