/** Parameters as a heat map: a row for each parameter, iterations from left to right, colours from −π to π. */

import { html } from '../views/make';
import type { Words } from '../views/view';
import type { Track } from './track';

const ROW = 14;
const MOST_WIDE = 1000;

/** Draws the map anew. Each parameter's distance from where it began is what is coloured: that is what moves. */
export function drawHeatmap(element: HTMLElement, track: Track, words: Words): void {
  const { x, iteration } = track.points;
  const rows = track.data.labels.length;
  const columns = Math.min(MOST_WIDE, x.length);
  if (!rows || !columns) {
    element.replaceChildren(html('p', { class: 'qmv-Note' }, words.__('The parameters are not here yet.')));
    return;
  }
  const moved = (column: number, row: number): number => x[Math.floor((column * x.length) / columns)][row] - x[0][row];
  let most = 0;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      most = Math.max(most, Math.abs(moved(column, row)));
    }
  }
  const label = words.__(
    'How far each of %1 parameters moved, iterations %2 to %3',
    rows,
    iteration[0],
    iteration.at(-1)!
  );
  const canvas = html('canvas', { width: columns, height: rows, role: 'img', 'aria-label': label, class: 'qmv-Heat' });
  canvas.style.height = `${Math.min(260, Math.max(60, rows * ROW))}px`;
  const context = canvas.getContext('2d');
  if (context) {
    const image = context.createImageData(columns, rows);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        image.data.set(tint(most ? moved(column, row) / most : 0), 4 * (row * columns + column));
      }
    }
    context.putImageData(image, 0, 0);
  }
  const span = most.toPrecision(2);
  const note = words.__(
    '%1 parameters, the first on top; orange: below its start by up to %2, blue: above it',
    rows,
    span
  );
  element.replaceChildren(canvas, html('p', { class: 'qmv-Note' }, note));
}

/** Returns red, green, blue and opacity for −1 (orange) over 0 (pale) to 1 (blue). */
function tint(value: number): [number, number, number, number] {
  const end = value < 0 ? [190, 72, 12] : [37, 99, 201];
  const size = Math.min(1, Math.abs(value));
  const [red, green, blue] = [246, 246, 246].map((pale, i) => Math.round(pale + (end[i] - pale) * size));
  return [red, green, blue, 255];
}
