/** Amplitudes as bars: length is probability, colour and a small dial are the phase. */

import { scale } from './axis';
import { html, svg } from './make';
import { angle, percent } from './numbers';
import { phaseColour } from './colour';
import { basis, phase, probability, type PureState } from './quantum';
import type { Words } from './view';

const FEW = 16;
/** Below this a probability is rounding noise. */
const NOTHING = 1e-9;

/** Returns the rows of all amplitudes of small states; of larger ones those that are not 0, the largest first. */
export function drawAmplitudes(state: PureState, words: Words): HTMLElement {
  const all = Array.from(state.re.keys());
  let shown = all;
  if (all.length > FEW) {
    const found = all.filter(i => probability(state, i) > NOTHING);
    shown = found.sort((a, b) => probability(state, b) - probability(state, a) || a - b).slice(0, 2 * FEW);
    shown.sort((a, b) => a - b);
  }
  const top = scale([0, Math.max(...all.map(i => probability(state, i)))], 4).high;
  const head = [words.__('state'), words.__('bar'), words.__('probability'), words.__('phase'), words.__('amplitude')];
  const table = html(
    'table',
    { class: 'qmv-Table qmv-Bars qmv-mod-amplitudes' },
    html(
      'thead',
      {},
      html(
        'tr',
        {},
        ...head.map((name, i) =>
          html('th', { scope: 'col' }, i === 1 ? html('span', { class: 'qmv-hidden' }, name) : name)
        )
      )
    ),
    html('tbody', {}, ...shown.map(i => row(state, i, top)))
  );
  const rest = all.length - shown.length;
  const note =
    rest > 0
      ? words.__('%1 of %2 amplitudes; the others are 0 or smaller · qubit 0 rightmost', shown.length, all.length)
      : words.__('qubit 0 rightmost');
  return html('div', {}, table, html('div', { class: 'qmv-Note' }, note));
}

function row(state: PureState, index: number, top: number): HTMLElement {
  const [size, turn] = [probability(state, index), phase(state, index)];
  const there = size > NOTHING;
  const fill = html('div', {
    class: 'qmv-BarFill qmv-mod-phase',
    style: `width:${(size / Math.max(top, size)) * 100}%;background:${phaseColour(turn)}`
  });
  return html(
    'tr',
    { class: there ? '' : 'qmv-mod-nothing' },
    html('th', { scope: 'row' }, `|${basis(index, state.qubits)}⟩`),
    html('td', { class: 'qmv-Bar' }, html('div', { class: 'qmv-Track qmv-mod-plain' }, there && fill)),
    html('td', {}, percent(there ? size : 0)),
    html('td', { class: 'qmv-Phase' }, there ? dial(turn) : null, there ? angle(turn) : ''),
    html('td', { class: 'qmv-soft' }, complex(state.re[index], state.im[index]))
  );
}

function dial(turn: number): SVGElement {
  const [x, y] = [8 + 6 * Math.cos(turn), 8 - 6 * Math.sin(turn)];
  return svg(
    'svg',
    { width: 16, height: 16, viewBox: '0 0 16 16', class: 'qmv-Dial', 'aria-hidden': 'true' },
    svg('circle', { cx: 8, cy: 8, r: 6.5 }),
    svg('line', { x1: 8, y1: 8, x2: x.toFixed(2), y2: y.toFixed(2), style: `stroke:${phaseColour(turn)}` })
  );
}

function complex(re: number, im: number): string {
  const part = (value: number): string => Math.abs(value).toFixed(3);
  const sign = (value: number): string => (value < -0.0005 ? '\u2212' : '');
  if (Math.abs(im) < 0.0005) {
    return sign(re) + part(re);
  }
  return `${sign(re)}${part(re)} ${im < 0 ? '\u2212' : '+'} ${part(im)}i`;
}

/** Returns the wheel that says which colour is which phase. */
export function phaseWheel(words: Words): SVGElement {
  const wheel = svg(
    'svg',
    { viewBox: '-62 -40 124 80', width: 124, height: 80, class: 'qmv-Wheel', role: 'img' },
    svg('title', {}, words.__('Colours of phases'))
  );
  const pieces = 48;
  for (let i = 0; i < pieces; i++) {
    const [from, to] = [i, i + 1.15].map(k => ((k - 0.5) / pieces) * 2 * Math.PI);
    const at = (turn: number, r: number): string =>
      `${(r * Math.cos(turn)).toFixed(2)} ${(-r * Math.sin(turn)).toFixed(2)}`;
    const path = `M${at(from, 15)}L${at(from, 25)}A25 25 0 0 0 ${at(to, 25)}L${at(to, 15)}A15 15 0 0 1 ${at(from, 15)}Z`;
    wheel.append(svg('path', { d: path, style: `fill:${phaseColour((i / pieces) * 2 * Math.PI)}` }));
  }
  const texts: [string, number, number, string][] = [
    ['0', 30, 4, 'start'],
    ['π/2', 0, -29, 'middle'],
    ['π', -30, 4, 'end'],
    ['\u2212π/2', 0, 38, 'middle']
  ];
  texts.forEach(([label, x, y, anchor]) => wheel.append(svg('text', { x, y, 'text-anchor': anchor }, label)));
  return wheel;
}
