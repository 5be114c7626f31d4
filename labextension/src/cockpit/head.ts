/**
 * The top of a cockpit: how the loop stands, what it waits for, why it failed, and why what is shown may not hold now.
 *
 * Of an error the first line is shown; the user's own traceback is below it, folded.
 */

import { html, setText } from '../views/make';
import type { Words } from '../views/view';
import type { Track } from './track';
import { phaseWord, staleLine, waitsLine } from './words';

/** What the head must know besides the loop. */
export interface Told {
  /** What has been ordered and is not yet obeyed. */
  readonly pending: string;
  readonly connection: string;
  readonly trouble: string;
  /** Whether nobody can say that what is shown holds now. */
  readonly stale: boolean;
}

export class Head {
  constructor(private readonly _words: Words) {
    this._trace.append(html('summary', {}, _words.__('Where it failed')), this._frames);
    this.node.append(
      html('div', { class: 'qmv-Card-told' }, this._state, this._name, this._pending),
      this._waits,
      this._trouble,
      this._trace
    );
  }

  readonly node = html('div');

  show(track: Track, told: Told): void {
    const words = this._words;
    const phase = phaseWord(track, words);
    setText(this._state, told.stale ? words.__('Last known: %1', phase) : phase);
    setText(this._name, track.name || track.id);
    setText(this._pending, told.pending);
    put(this._waits, told.stale ? '' : waitsLine(track, words));
    const [first, ...frames] = track.data.error.split('\n');
    put(this._trouble, told.stale ? staleLine(told.connection, told.trouble, words) : first);
    this._trouble.classList.toggle('qmv-mod-failed', !told.stale && first !== '');
    setText(this._frames, frames.join('\n'));
    this._trace.hidden = told.stale || frames.length === 0;
  }

  private readonly _state = html('strong', { class: 'qmv-Card-state', role: 'status' });
  private readonly _name = html('span', { class: 'qmv-Card-name' });
  private readonly _pending = html('span', { class: 'qmv-soft', role: 'status' });
  private readonly _waits = html('div', { class: 'qmv-Note qmv-Loop-waits', role: 'status', hidden: true });
  private readonly _trouble = html('div', { class: 'qmv-Card-trouble', role: 'status', hidden: true });
  private readonly _frames = html('pre', { class: 'qmv-Loop-trace', tabindex: 0 });
  private readonly _trace = html('details', { class: 'qmv-Fold', hidden: true });
}

/** Shows a text, and hides the node where there is none. */
export function put(node: HTMLElement, text: string): void {
  setText(node, text);
  node.hidden = text === '';
}
