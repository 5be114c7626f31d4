import { describe, expect, it } from 'vitest';
import type { StateTrace } from '../../src/views/bundle';
import { blochVector, decode, densityAt, phase, probability, type PureState } from '../../src/views/quantum';

function state(amplitudes: readonly [number, number][]): PureState {
  const [re, im] = [0, 1].map(part => Float32Array.from(amplitudes.map(one => one[part])));
  return { qubits: Math.log2(amplitudes.length), re, im };
}

function random(qubits: number, seed: number): PureState {
  let next = seed;
  const draw = (): number => ((next = (next * 48271) % 2147483647) / 2147483647) * 2 - 1;
  const raw = Array.from({ length: 2 ** qubits }, () => [draw(), draw()] as [number, number]);
  const norm = Math.hypot(...raw.flat());
  return state(raw.map(([a, b]) => [a / norm, b / norm]));
}

const r = Math.SQRT1_2;

describe('a state', () => {
  it('has the Bloch vectors that its preparation says', () => {
    expect(
      blochVector(
        state([
          [1, 0],
          [0, 0]
        ]),
        0
      )
    ).toEqual([0, 0, 1]);
    expect(
      blochVector(
        state([
          [r, 0],
          [r, 0]
        ]),
        0
      )[0]
    ).toBeCloseTo(1);
    expect(
      blochVector(
        state([
          [r, 0],
          [0, r]
        ]),
        0
      )[1]
    ).toBeCloseTo(1); // |0⟩ + i|1⟩ is +Y
    expect(
      blochVector(
        state([
          [0, 0],
          [1, 0]
        ]),
        0
      )[2]
    ).toBe(-1);
  });

  it('has qubit 0 as the lowest bit', () => {
    const excited = state([
      [0, 0],
      [1, 0],
      [0, 0],
      [0, 0]
    ]); // |01⟩: qubit 0 is 1
    expect([blochVector(excited, 0)[2], blochVector(excited, 1)[2]]).toEqual([-1, 1]);
  });

  it('of a Bell pair has no Bloch vector at all', () => {
    const bell = state([
      [r, 0],
      [0, 0],
      [0, 0],
      [r, 0]
    ]);
    expect(Math.hypot(...blochVector(bell, 0), ...blochVector(bell, 1))).toBeCloseTo(0);
  });

  it('has a density matrix that is Hermitian, of trace 1, and whose diagonal are the probabilities', () => {
    const found = random(3, 7);
    let trace = 0;
    for (let i = 0; i < 8; i++) {
      trace += densityAt(found, i, i)[0];
      expect(densityAt(found, i, i)[0]).toBeCloseTo(probability(found, i));
      for (let j = 0; j < 8; j++) {
        const [[a, b], [c, d]] = [densityAt(found, i, j), densityAt(found, j, i)];
        expect(a).toBeCloseTo(c);
        expect(b).toBeCloseTo(-d);
        // the phase of ρ_ij is the difference of the amplitudes' phases
        expect(Math.cos(Math.atan2(b, a) - phase(found, i) + phase(found, j))).toBeCloseTo(1);
      }
    }
    expect(trace).toBeCloseTo(1);
  });

  it('agrees with its density matrix on every Bloch vector', () => {
    const found = random(4, 3);
    for (let qubit = 0; qubit < 4; qubit++) {
      let [x, y, z] = [0, 0, 0];
      for (let i = 0; i < 16; i++) {
        const [re, im] = densityAt(found, i, i ^ (1 << qubit));
        const one = (i >> qubit) & 1;
        x += re; // Tr(ρX)
        y += one ? im : -im; // Tr(ρY), with ρ01 = (⟨X⟩ - i⟨Y⟩) / 2
        z += one ? -densityAt(found, i, i)[0] : densityAt(found, i, i)[0];
      }
      const told = blochVector(found, qubit);
      [x, y, z].forEach((value, i) => expect(told[i]).toBeCloseTo(value, 5));
    }
  });

  it('is read from base64 float32, step after step', () => {
    const floats = Float32Array.from([1, 0, 0, 0, r, 0, 0, r]);
    const trace: StateTrace = {
      qubits: 1,
      steps: ['start', 'h'],
      amplitudes: Buffer.from(floats.buffer).toString('base64')
    };
    const [first, second] = decode(trace);
    expect(probability(first, 0)).toBe(1);
    expect(phase(second, 1)).toBeCloseTo(Math.PI / 2);
  });
});
