/** The shots of a job that still runs, where they come in parts: a bar and the histogram, as they grow. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { element } from './dom';
import { isFinal } from './protocol';
import type { JobsModel } from './model';
import { mountHistogram, type View } from './views';
import type { Counts } from './views/bundle';
import { progress } from './views/timing';

export class SoFar {
  constructor(
    private readonly _model: JobsModel,
    private readonly _trans: TranslationBundle
  ) {
    this._bar.setAttribute('aria-label', _trans.__('how far the job is'));
    const shots = element('div', 'qmv-Card-shots', [this._bar, this._words]);
    this.node.append(element('div', 'qmv', [shots]), this._place);
    this.node.hidden = true;
  }

  readonly node = element('div', 'qm-SoFar');

  /** Shows how far a job is; nothing where it has ended or does not tell, or is a loop: its cockpit says it. */
  show(id: string): void {
    const job = this._model.get(id);
    const live = job && !isFinal(job.status) && job.kind !== 'loop' ? (this._model.live(id) ?? null) : null;
    const found = progress(live, this._trans);
    this.node.hidden = !found;
    if (found) {
      this._bar.value = found.part;
      this._words.textContent = found.text;
    }
    const counts = live?.counts ?? null;
    if (!counts) {
      this._view?.dispose();
      this._view = null;
    } else if (this._view) {
      this._view.update(counts);
    } else {
      this._view = mountHistogram(this._place, counts, { words: this._trans });
    }
  }

  private readonly _bar = element('progress', 'qmv-Progress');
  private readonly _words = element('span');
  private readonly _place = element('div');
  private _view: View<Counts> | null = null;
}
