/** The little quantum mechanics that the state views need: amplitudes, Bloch vectors, density matrices. No DOM here. */

import type { StateTrace } from './bundle';

/** One pure state: `re` and `im` hold 2^n amplitudes; qubit 0 is the least significant bit of an index. */
export interface PureState {
  readonly qubits: number;
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** Returns the states of a trace, one for each step. */
export function decode(trace: StateTrace): PureState[] {
  const bytes = Uint8Array.from(atob(trace.amplitudes), letter => letter.charCodeAt(0));
  const size = 2 ** trace.qubits;
  const read = new DataView(bytes.buffer);
  return trace.steps.map((_, step) => {
    const [re, im] = [new Float32Array(size), new Float32Array(size)];
    for (let i = 0; i < size; i++) {
      const at = 8 * (step * size + i);
      re[i] = read.getFloat32(at, true);
      im[i] = read.getFloat32(at + 4, true);
    }
    return { qubits: trace.qubits, re, im };
  });
}

export function probability(state: PureState, index: number): number {
  return state.re[index] ** 2 + state.im[index] ** 2;
}

export function phase(state: PureState, index: number): number {
  return Math.atan2(state.im[index], state.re[index]);
}

/** Returns (⟨X⟩, ⟨Y⟩, ⟨Z⟩) of one qubit, the others traced out. Its length is 1 where the qubit is not entangled. */
export function blochVector(state: PureState, qubit: number): [number, number, number] {
  const bit = 1 << qubit;
  let [x, y, z] = [0, 0, 0];
  for (let i = 0; i < state.re.length; i++) {
    if (i & bit) {
      continue;
    }
    const [a, b, c, d] = [state.re[i], state.im[i], state.re[i | bit], state.im[i | bit]];
    // with a0 = a + ib, a1 = c + id:  ⟨X⟩ = 2 Re(a0* a1), ⟨Y⟩ = 2 Im(a0* a1), ⟨Z⟩ = |a0|² - |a1|²
    x += 2 * (a * c + b * d);
    y += 2 * (a * d - b * c);
    z += a * a + b * b - c * c - d * d;
  }
  return [x, y, z];
}

/** Returns ρ = |ψ⟩⟨ψ| at a row and a column, as (real, imaginary). */
export function densityAt(state: PureState, row: number, column: number): [number, number] {
  const [a, b, c, d] = [state.re[row], state.im[row], state.re[column], state.im[column]];
  return [a * c + b * d, b * c - a * d];
}

/** Returns the label of a basis state: qubit 0 rightmost. */
export function basis(index: number, qubits: number): string {
  return index.toString(2).padStart(qubits, '0');
}
