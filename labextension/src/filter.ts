/** The line above the table: search, status, notebook. */

import { Widget } from '@lumino/widgets';
import type { TranslationBundle } from '@jupyterlab/translation';
import { element } from './dom';
import { drawing } from './icons';
import type { JobList } from './list';
import type { StatusFilter } from './order';

const DEBOUNCE = 120;

export class FilterBar extends Widget {
  constructor(
    private readonly _list: JobList,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('qm-Filter');
    const all: Record<StatusFilter, string> = {
      all: _trans.__('Any status'),
      unfinished: _trans.__('Running and queued'),
      done: _trans.__('Done'),
      failed: _trans.__('Failed'),
      cancelled: _trans.__('Cancelled')
    };
    this._search = element('input', 'qm-Search', [], {
      type: 'search',
      placeholder: _trans.__('Search jobs'),
      'aria-label': _trans.__('Search by name, result, id, backend, tag or notebook'),
      spellcheck: 'false'
    });
    this._status = element(
      'select',
      'qm-Select',
      Object.entries(all).map(([value, label]) => element('option', '', [label], { value })),
      { 'aria-label': _trans.__('Status') }
    );
    this._notebook = element('select', 'qm-Select', [], { 'aria-label': _trans.__('Notebook') });
    const icon = element('span', 'qm-SearchIcon', [drawing('search')]);
    this.node.append(element('div', 'qm-SearchBox', [icon, this._search]), this._status, this._notebook);
    this._search.addEventListener('input', () => {
      clearTimeout(this._timer);
      this._timer = window.setTimeout(() => this._apply(), DEBOUNCE);
    });
    this._search.addEventListener('focus', () => this._list.prepareSearch());
    this._status.addEventListener('change', () => this._apply());
    this._notebook.addEventListener('change', () => this._apply());
    this._notebook.addEventListener('focus', () => this._fillNotebooks());
    this._notebook.addEventListener('mousedown', () => this._fillNotebooks());
    this._fillNotebooks();
  }

  override dispose(): void {
    clearTimeout(this._timer);
    super.dispose();
  }

  /** Puts the keyboard into the search field. */
  focusSearch(): void {
    this._search.focus();
    this._search.select();
  }

  /** Shows everything again. */
  clear(): void {
    this._search.value = '';
    this._status.value = 'all';
    this._notebook.value = '';
    this._apply();
  }

  /** Shows only the jobs of a status. */
  showStatus(status: StatusFilter): void {
    this._status.value = status;
    this._apply();
  }

  private _apply(): void {
    this._list.filter = {
      text: this._search.value,
      status: this._status.value as StatusFilter,
      notebook: this._notebook.value
    };
  }

  private _fillNotebooks(): void {
    const chosen = this._notebook.value;
    const options = [element('option', '', [this._trans.__('All notebooks')], { value: '' })];
    for (const path of this._list.notebooks()) {
      options.push(element('option', '', [path], { value: path }));
    }
    if (options.length !== this._notebook.options.length) {
      this._notebook.replaceChildren(...options);
      this._notebook.value = chosen;
    }
  }

  private readonly _search: HTMLInputElement;
  private readonly _status: HTMLSelectElement;
  private readonly _notebook: HTMLSelectElement;
  private _timer = 0;
}
