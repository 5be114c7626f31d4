/** A sweep's loops as small multiples: one curve each, in words how it stands, all on the same scale of iterations. */

import { html, setText, svg } from '../views/make';
import { grouped } from '../views/numbers';
import { wordsOf, type View, type ViewOptions, type Words } from '../views/view';
import { measured } from './figures';
import { thin } from './thin';
import type { Track } from './track';

const [WIDE, HIGH] = [200, 80];
const SHORTEST = 200;

export function mountLoops(element: HTMLElement, tracks: readonly Track[], options: ViewOptions = {}): View<void> {
  const words = wordsOf(options);
  const parts = tracks.map(track => new Small(track, words));
  const head = html('div', { class: 'qmv-Headline', role: 'status' });
  const grid = html('div', { class: 'qmv-Loops' }, ...parts.map(part => part.node));
  element.replaceChildren(
    html('section', { class: 'qmv qmv-Card qmv-Loop', 'aria-label': words.__('Sweep') }, head, grid)
  );
  let [waiting, drawnAt] = [0, 0];
  const draw = (): void => {
    [waiting, drawnAt] = [0, Date.now()];
    const ended = tracks.filter(track => track.ended).length;
    setText(head, words.__('%1 loops, %2 ended', tracks.length, ended));
    const longest = Math.max(1, ...tracks.map(track => track.last));
    parts.forEach(part => part.draw(longest));
  };
  draw();
  return {
    update: () => {
      waiting ||= window.setTimeout(draw, Math.max(0, drawnAt + SHORTEST - Date.now()));
    },
    dispose: () => {
      window.clearTimeout(waiting);
      element.replaceChildren();
    }
  };
}

class Small {
  constructor(
    private readonly _track: Track,
    private readonly _words: Words
  ) {
    this._picture.append(this._answer, this._line);
    this.node.append(this._name, this._picture, this._state);
  }

  readonly node = html('div', { class: 'qmv-Loops-one' });

  draw(longest: number): void {
    const { _track: track, _words: words } = this;
    const { iteration, value, std } = track.columns;
    const kept = thin(iteration, value, [1, longest], WIDE / 2);
    const seen = kept.map(i => value[i]);
    const exact = track.data.exact;
    const [low, high] = [Math.min(...seen, exact ?? Infinity), Math.max(...seen, exact ?? -Infinity)];
    const x = (at: number): string => ((WIDE * (at - 1)) / Math.max(1, longest - 1)).toFixed(1);
    const y = (at: number): string => (4 + ((HIGH - 8) * (high - at)) / (high - low || 1)).toFixed(1);
    this._line.setAttribute('points', kept.map(i => `${x(iteration[i])},${y(value[i])}`).join(' '));
    this._answer.setAttribute('points', exact === null ? '' : `0,${y(exact)} ${WIDE},${y(exact)}`);
    const last = track.size - 1;
    const now = track.data.final
      ? measured(track.data.final.value, track.data.final.std)
      : last < 0
        ? ''
        : measured(value[last], std[last]);
    setText(this._name, track.name || track.id);
    const count = words.__('%1 iterations', grouped(track.last));
    const phase = track.ended ? words.__('ended') : track.state.phase;
    setText(this._state, [now, count, phase].filter(Boolean).join(' · '));
    this._picture.setAttribute(
      'aria-label',
      words.__('%1: value against iteration, now %2', track.name || track.id, now)
    );
  }

  private readonly _name = html('div', { class: 'qmv-Part-name' });
  private readonly _state = html('div', { class: 'qmv-Note' });
  private readonly _line = svg('polyline', { class: 'qmv-stroke0', fill: 'none', 'stroke-width': 1.4 });
  private readonly _answer = svg('polyline', { class: 'qmv-stroke7', fill: 'none' });
  private readonly _picture = svg('svg', { viewBox: `0 0 ${WIDE} ${HIGH}`, role: 'img', class: 'qmv-Loops-picture' });
}
