/** Which other loops lie over the one that is shown: a box to tick for each. */

import { html } from '../views/make';
import type { Words } from '../views/view';

export class Overlays {
  constructor(
    private readonly _overlay: ((id: string, on: boolean) => void) | undefined,
    private readonly _words: Words
  ) {}

  readonly node = html('div', { hidden: true });

  /** Offers loops (id and name); made anew only where something differs, so that the focus stays. */
  show(others: readonly (readonly [string, string])[], chosen: ReadonlySet<string>): void {
    const state = JSON.stringify([others, [...chosen]]);
    if (!this._overlay || state === this._shown) {
      return;
    }
    this._shown = state;
    this.node.hidden = others.length === 0;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.loop;
    const boxes = others.map(([id, name]) => {
      const box = html('input', { type: 'checkbox', checked: chosen.has(id), 'data-loop': id });
      box.addEventListener('change', () => this._overlay!(id, box.checked));
      return html('label', { class: 'qmv-Check' }, box, name || id);
    });
    const list = html('div', { class: 'qmv-Tools' }, ...boxes);
    const summary = html('summary', {}, this._words.__('Compare with other loops'));
    const fold = html('details', { class: 'qmv-Fold' }, summary, list);
    fold.open = this.node.querySelector('details')?.open ?? false;
    this.node.replaceChildren(fold);
    boxes
      .map(label => label.querySelector('input')!)
      .find(box => focused && box.dataset.loop === focused)
      ?.focus();
  }

  private _shown = '';
}
