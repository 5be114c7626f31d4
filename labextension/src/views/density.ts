/** The density matrix as squares: area is modulus, colour is phase; pointing at one reads it. */

import { phaseColour } from './colour';
import { html } from './make';
import { angle } from './numbers';
import { basis, densityAt, type PureState } from './quantum';
import type { Words } from './view';

/** The most qubits whose matrix is drawn: 64 by 64. */
export const MOST_QUBITS = 6;
const NAMED = 4;

/** Returns the matrix, or a sentence where it would be too large. */
export function drawDensity(state: PureState, words: Words): HTMLElement {
  if (state.qubits > MOST_QUBITS) {
    const sentence = words.__(
      'The density matrix is drawn for up to %1 qubits; this state has %2.',
      MOST_QUBITS,
      state.qubits
    );
    return html('div', { class: 'qmv-Note qmv-mod-sentence' }, sentence);
  }
  const size = state.re.length;
  const labels = Array.from({ length: size }, (_, i) => basis(i, state.qubits));
  const named = state.qubits <= NAMED;
  const grid = html('div', { class: 'qmv-Density', style: `--qmv-size:${size}`, role: 'img' });
  grid.setAttribute('aria-label', words.__('Density matrix, %1 by %1; the amplitudes hold the same numbers', size));
  const largest = Math.max(...labels.map((_, i) => densityAt(state, i, i)[0]));
  const key = words.__(
    'area: modulus, the largest is %1 · colour: phase · point at a square to read it',
    largest.toFixed(3)
  );
  const readout = html('div', { class: 'qmv-Note qmv-Readout' }, key);
  if (named) {
    grid.append(html('span'), ...labels.map(label => html('span', { class: 'qmv-Density-label qmv-mod-top' }, label)));
  } else {
    grid.classList.add('qmv-mod-bare');
  }
  for (let row = 0; row < size; row++) {
    if (named) {
      grid.append(html('span', { class: 'qmv-Density-label' }, labels[row]));
    }
    for (let column = 0; column < size; column++) {
      const [re, im] = densityAt(state, row, column);
      const modulus = Math.hypot(re, im);
      const cell = html('span', { class: 'qmv-Density-cell', 'data-at': `${row},${column}` });
      if (modulus > 1e-6) {
        // area is modulus; a phase that is rounding noise is 0
        const turn = Math.abs(im) < 1e-7 && re > 0 ? 0 : Math.atan2(im, re);
        cell.append(
          html('i', { style: `width:${Math.sqrt(modulus / largest) * 92}%;background:${phaseColour(turn)}` })
        );
      }
      grid.append(cell);
    }
  }
  grid.addEventListener('pointermove', event => {
    const at = (event.target as Element).closest('[data-at]')?.getAttribute('data-at');
    if (at) {
      const [row, column] = at.split(',').map(Number);
      const [re, im] = densityAt(state, row, column);
      const modulus = Math.hypot(re, im);
      const turn =
        modulus > 1e-6 ? `, ${words.__('phase')} ${angle(Math.abs(im) < 1e-7 && re > 0 ? 0 : Math.atan2(im, re))}` : '';
      readout.textContent = `⟨${labels[row]}|ρ|${labels[column]}⟩ = ${modulus.toFixed(4)}${turn}`;
    }
  });
  return html('div', {}, grid, readout);
}
