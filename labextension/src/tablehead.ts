/** The head of the jobs table: what can be sorted by, and what it is sorted by. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { COLUMNS, NARROW, type Column } from './columns';
import { element } from './dom';
import type { JobList } from './list';

export class TableHead {
  constructor(
    private readonly _list: JobList,
    private readonly _trans: TranslationBundle
  ) {}

  readonly node = element('thead');

  /** Brings the head up to date. */
  draw(narrow: boolean): void {
    const { key, descending } = this._list.sorting;
    const state = `${narrow} ${key} ${descending}`;
    if (state === this._state) {
      return;
    }
    this._state = state;
    const cells = (narrow ? NARROW : COLUMNS).map(column => {
      const sorted = column.key === key;
      const label = column.label(this._trans);
      const arrow = sorted ? (descending ? ' ↓' : ' ↑') : '';
      const sort = element(
        'button',
        'qm-Sort',
        [element('span', 'qm-SortLabel', [label]), element('span', 'qm-Arrow', [arrow], { 'aria-hidden': 'true' })],
        {
          type: 'button',
          'data-sort': column.key,
          title: this._trans.__('Sort by %1', label.toLowerCase())
        }
      );
      return element('th', `qm-Cell qm-mod-${column.key}`, [sort], {
        scope: 'col',
        'aria-sort': sorted ? (descending ? 'descending' : 'ascending') : 'none'
      });
    });
    this.node.replaceChildren(element('tr', '', cells, { 'aria-rowindex': '1' }));
  }

  /** Sorts by a column; by the one that it is sorted by already, the other way round. */
  sortBy(key: Column['key']): void {
    const { key: old, descending } = this._list.sorting;
    const first = key === 'created' || key === 'elapsed' || key === 'shots' || key === 'cost';
    this._list.sorting = { key, descending: key === old ? !descending : first };
  }

  private _state = '';
}
