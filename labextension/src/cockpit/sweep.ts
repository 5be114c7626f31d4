/** A sweep's loops as small multiples: one curve each, in words how it stands, all on the same scale of iterations. */

import { html, setText, svg } from '../views/make';
import { grouped, short } from '../views/numbers';
import { wordsOf, type View, type ViewOptions, type Words } from '../views/view';
import { measured } from './figures';
import { thin } from './thin';
import type { Track } from './track';
import { phaseWord } from './words';

const [WIDE, HIGH] = [200, 80];
const SHORTEST = 200;

export function mountLoops(element: HTMLElement, tracks: readonly Track[], options: ViewOptions = {}): View<void> {
  const words = wordsOf(options);
  const parts = tracks.map(track => new Small(track, words));
  const head = html('div', { class: 'qmv-Headline', role: 'status' });
  const grid = html('div', { class: 'qmv-Loops' }, ...parts.map(part => part.node));
  const card = html('section', { class: 'qmv qmv-Card qmv-Loop', 'aria-label': words.__('Sweep') }, head, grid);
  element.replaceChildren(card);
  let [waiting, drawnAt] = [0, 0];
  const draw = (): void => {
    [waiting, drawnAt] = [0, Date.now()];
    const ended = tracks.filter(track => track.ended).length;
    const failed = tracks.filter(track => track.status === 'FAILED').length;
    const told = words.__(tracks.length === 1 ? '%1 loop, %2 ended' : '%1 loops, %2 ended', tracks.length, ended);
    setText(head, failed ? words.__('%1, %2 of them failed', told, failed) : told);
    card.dataset.status = ended < tracks.length ? 'RUNNING' : failed ? 'FAILED' : 'DONE';
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
    const head = html('div', { class: 'qmv-Loops-head' }, this._name, this._value);
    this.node.append(head, this._picture, this._state, this._error);
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
    const drawn = kept.length === 1 ? [kept[0], kept[0]] : kept; // a line of no length is a dot
    this._line.setAttribute('points', drawn.map(i => `${x(iteration[i])},${y(value[i])}`).join(' '));
    this._answer.setAttribute('points', exact === null ? '' : `0,${y(exact)} ${WIDE},${y(exact)}`);
    const last = track.size - 1;
    const now = track.data.final
      ? measured(track.data.final.value, track.data.final.std)
      : last < 0
        ? ''
        : std[last] > 0
          ? measured(value[last], std[last])
          : short(value[last]);
    setText(this._name, track.name || track.id);
    setText(this._value, now);
    const count = words.__(track.last === 1 ? '%1 iteration' : '%1 iterations', grouped(track.last));
    const phase = track.data.final ? '' : phaseWord(track, words);
    setText(this._state, [phase, count].filter(Boolean).join(' · '));
    setText(this._error, track.data.error.split('\n', 1)[0]);
    this._picture.setAttribute(
      'aria-label',
      words.__('%1: value against iteration, now %2', track.name || track.id, now)
    );
  }

  private readonly _name = html('div', { class: 'qmv-Part-name' });
  private readonly _value = html('div', { class: 'qmv-Loops-value' });
  private readonly _state = html('div', { class: 'qmv-Note' });
  private readonly _error = html('div', { class: 'qmv-Note qmv-mod-failed' });
  private readonly _line = svg('polyline', {
    class: 'qmv-stroke0',
    fill: 'none',
    'stroke-width': 1.4,
    'stroke-linecap': 'round'
  });
  private readonly _answer = svg('polyline', { class: 'qmv-stroke7', fill: 'none' });
  private readonly _picture = svg('svg', { viewBox: `0 0 ${WIDE} ${HIGH}`, role: 'img', class: 'qmv-Loops-picture' });
}
