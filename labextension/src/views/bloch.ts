/** Each qubit's Bloch vector in a small sphere; a short arrow is a qubit that is entangled with others. */

import { html, svg } from './make';
import { minus } from './numbers';
import { blochVector, type PureState } from './quantum';
import type { Words } from './view';

const RADIUS = 52;

/** Returns a sphere for each qubit, qubit 0 first, with the numbers below. */
export function drawBloch(state: PureState, words: Words): HTMLElement {
  const spheres = Array.from({ length: state.qubits }, (_, qubit) => {
    const vector = blochVector(state, qubit);
    const length = Math.hypot(...vector);
    const numbers = vector.map(value => minus((Math.abs(value) < 5e-4 ? 0 : value).toFixed(2)));
    const told = words.__(
      'qubit %1: x %2, y %3, z %4, length %5',
      qubit,
      numbers[0],
      numbers[1],
      numbers[2],
      length.toFixed(2)
    );
    const words2 =
      length > 0.995
        ? words.__('pure')
        : length < 0.005
          ? words.__('fully mixed')
          : words.__('length %1', length.toFixed(2));
    return html(
      'figure',
      { class: 'qmv-Sphere' },
      sphere(vector, told),
      html(
        'figcaption',
        {},
        html('strong', {}, `q${qubit}`),
        html('span', {}, `(${numbers.join(', ')})`),
        html('span', { class: 'qmv-soft' }, words2)
      )
    );
  });
  return html(
    'div',
    {},
    html('div', { class: 'qmv-Spheres' }, ...spheres),
    html('div', { class: 'qmv-Note' }, words.__('x towards you, y to the right, z up'))
  );
}

/** A look from slightly above and to the right of the x axis. */
function project(x: number, y: number, z: number): [number, number] {
  const [turn, tilt] = [0.55, 0.32];
  const side = y * Math.cos(turn) - x * Math.sin(turn);
  const near = x * Math.cos(turn) + y * Math.sin(turn);
  return [RADIUS * side, -RADIUS * (z * Math.cos(tilt) - near * Math.sin(tilt))];
}

function sphere([x, y, z]: [number, number, number], told: string): SVGElement {
  const picture = svg('svg', { viewBox: '-72 -72 144 144', class: 'qmv-Ball', role: 'img' }, svg('title', {}, told));
  picture.append(svg('circle', { r: RADIUS, class: 'qmv-Ball-body' }));
  const ring = (point: (turn: number) => [number, number]): string =>
    Array.from({ length: 49 }, (_, i) =>
      point((i / 48) * 2 * Math.PI)
        .map(value => value.toFixed(1))
        .join(',')
    ).join(' ');
  picture.append(
    svg('polyline', { class: 'qmv-Ball-ring', points: ring(turn => project(Math.cos(turn), Math.sin(turn), 0)) })
  );
  picture.append(
    svg('polyline', { class: 'qmv-Ball-ring', points: ring(turn => project(Math.cos(turn), 0, Math.sin(turn))) })
  );
  const ends: [string, [number, number, number]][] = [
    ['x', [1.5, 0, 0]],
    ['y', [0, 1.24, 0]],
    ['|0⟩', [0, 0, 1.22]],
    ['|1⟩', [0, 0, -1.22]]
  ];
  for (const [name, at] of ends) {
    const [px, py] = project(...at);
    const [qx, qy] = project(...(at.map(Math.sign) as [number, number, number]));
    picture.append(svg('line', { class: 'qmv-Ball-axis', x1: 0, y1: 0, x2: qx, y2: qy }));
    picture.append(svg('text', { x: px, y: py + 4, 'text-anchor': 'middle' }, name));
  }
  const [tx, ty] = project(x, y, z);
  const length = Math.hypot(x, y, z);
  if (length > 0.02) {
    picture.append(svg('line', { class: 'qmv-Ball-arrow', x1: 0, y1: 0, x2: tx, y2: ty }));
  }
  picture.append(svg('circle', { class: 'qmv-Ball-tip', cx: tx, cy: ty, r: 4.5 }));
  return picture;
}
