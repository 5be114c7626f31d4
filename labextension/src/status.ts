/** The status bar's item: how many jobs run and wait. A real button; it opens the panel. */

import { Widget } from '@lumino/widgets';
import { element } from './dom';
import { qmagicIcon } from './icons';
import type { IQMagic } from './tokens';

export class StatusItem extends Widget {
  constructor(
    private readonly _qmagic: IQMagic,
    onClick: () => void
  ) {
    super();
    this.addClass('qm-StatusItem');
    this._words = element('span');
    this._button = element('button', 'jp-StatusBar-TextItem', [], { type: 'button' });
    qmagicIcon.element({ container: this._button, stylesheet: 'statusBar' });
    this._button.append(this._words);
    this._button.addEventListener('click', onClick);
    this.node.append(this._button);
    _qmagic.model.changed.connect(this._draw, this);
    _qmagic.model.connectionChanged.connect(this._draw, this);
    this._draw();
  }

  override dispose(): void {
    this._qmagic.model.changed.disconnect(this._draw, this);
    this._qmagic.model.connectionChanged.disconnect(this._draw, this);
    super.dispose();
  }

  private _draw(): void {
    const { model, trans } = this._qmagic;
    const { running, queued } = model.counts;
    const parts = [running ? trans.__('%1 running', running) : '', queued ? trans.__('%1 queued', queued) : ''];
    const offline = model.connection === 'offline';
    const words = offline ? trans.__('offline') : parts.filter(Boolean).join(', ') || trans.__('idle');
    if (this._words.textContent !== words) {
      this._words.textContent = words;
      this._button.title = trans.__('Quantum jobs: %1', words);
      this._button.setAttribute('aria-label', this._button.title);
      this.toggleClass('qm-mod-offline', offline);
    }
  }

  private readonly _button: HTMLButtonElement;
  private readonly _words: HTMLSpanElement;
}
