/** The rows of the jobs table as elements: made once, changed only where what they show has changed. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { COLUMNS, NARROW } from './columns';
import { element } from './dom';
import { standing } from './family';
import { drawing } from './icons';
import type { JobList, Row } from './list';
import { isFinal } from './protocol';
import type { Selection } from './selection';

/** What a row's element shows. */
interface Shown {
  /** All of what its cells say. */
  text: string;
  /** The look at the model that it comes from. */
  look: number;
  index: number;
  selected: boolean;
}

export class TableRows {
  constructor(
    private readonly _list: JobList,
    private readonly _selection: Selection,
    private readonly _trans: TranslationBundle
  ) {}

  /** What rows show may have changed; until then a row that is there is left alone. */
  lookAgain(): void {
    this._look += 1;
    this._now = Date.now() / 1000;
  }

  /** Returns a row's element: `node`, if there is one for it already. */
  element(row: Row, index: number, narrow: boolean, node: HTMLTableRowElement | undefined): HTMLTableRowElement {
    node ??= element('tr', '', [], { 'data-id': row.id, 'aria-selected': 'false', tabindex: '-1' });
    let shown = this._shown.get(node);
    if (!shown) {
      this._shown.set(node, (shown = { text: '', look: -1, index: -1, selected: false }));
    }
    if (shown.look !== this._look) {
      shown.look = this._look;
      this._fill(node, shown, row, narrow);
      const selected = this._selection.has(row.id);
      if (selected !== shown.selected) {
        shown.selected = selected;
        node.setAttribute('aria-selected', String(selected));
        node.classList.toggle('qm-mod-selected', selected);
      }
    }
    if (shown.index !== index) {
      shown.index = index;
      node.setAttribute('aria-rowindex', String(index + 2));
    }
    return node;
  }

  private _fill(node: HTMLTableRowElement, shown: Shown, row: Row, narrow: boolean): void {
    const { model } = this._list;
    const columns = narrow ? NARROW : COLUMNS;
    const stale = model.connection !== 'online';
    const context = { model, now: this._now, trans: this._trans, stale };
    const texts = columns.map(column => column.text(row, context));
    const job = row.job;
    const text = [job?.status, row.open, row.depth, row.children.length, stale, ...texts].join('\n');
    if (shown.text === text) {
      return;
    }
    shown.text = text;
    const unfinished = job && !isFinal(job.status);
    const names = [
      narrow && 'narrow',
      row.depth > 0 && 'child',
      unfinished && 'unfinished',
      shown.selected && 'selected'
    ];
    node.className = ['qm-Row', ...names.filter(Boolean).map(name => `qm-mod-${name}`)].join(' ');
    node.dataset.status = job?.status ?? standing(row.children) ?? '';
    node.replaceChildren(
      ...columns.map((column, place) => {
        const cell = element('td', `qm-Cell qm-mod-${column.key}`);
        column.fill(cell, row, texts[place], context);
        if (column.key === 'name' && row.children.length > 0) {
          cell.prepend(this._fold(row));
        }
        return cell;
      })
    );
  }

  private _fold(row: Row): HTMLButtonElement {
    const label = row.open ? this._trans.__('Fold') : this._trans.__('Unfold');
    return element('button', 'qm-Fold', [drawing('fold')], {
      type: 'button',
      tabindex: '-1',
      'aria-expanded': String(row.open),
      'aria-label': label,
      title: label
    });
  }

  private readonly _shown = new WeakMap<HTMLElement, Shown>();
  private _look = 0;
  private _now = 0;
}
