/** What stands in place of a table without rows: why there are none, and what to do. */

import { Widget } from '@lumino/widgets';
import type { TranslationBundle } from '@jupyterlab/translation';
import { button, element } from './dom';
import type { JobsModel } from './model';

const EXAMPLE = '%load_ext qmagic\n\n%%qrun\nqubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;';

export class EmptyState extends Widget {
  constructor(
    private readonly _model: JobsModel,
    private readonly _trans: TranslationBundle,
    private readonly _door: { showAll(): void; openTutorial(): void }
  ) {
    super();
    this.addClass('qm-Empty');
  }

  /** Shows why there are no rows, if there are none; `asking`: the service is being asked for older ones. */
  draw(empty: boolean, asking: boolean): void {
    this.setHidden(!empty);
    const state = empty ? `${this._model.connection} ${this._model.size > 0} ${asking}` : '';
    if (this.node.dataset.state !== state) {
      this.node.dataset.state = state;
      this.node.replaceChildren(...(empty ? this._words(asking) : []));
    }
  }

  private _words(asking: boolean): HTMLElement[] {
    const trans = this._trans;
    if (this._model.size > 0) {
      return [
        element('p', '', [asking ? trans.__('Searching older jobs…') : trans.__('No job matches.')]),
        button(trans.__('Show all jobs'), () => this._door.showAll())
      ];
    }
    switch (this._model.connection) {
      case 'connecting':
        return [element('p', '', [trans.__('Reading jobs…')])];
      case 'online':
        return [
          element('h2', '', [trans.__('No jobs yet')]),
          element('p', '', [trans.__('Run a circuit in a notebook cell, and it appears here:')]),
          element('pre', '', [EXAMPLE]),
          button(trans.__('Open the first tutorial'), () => this._door.openTutorial(), 'qm-mod-primary')
        ];
      default:
        return [];
    }
  }
}
