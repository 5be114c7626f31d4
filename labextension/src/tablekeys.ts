/** The keyboard in the jobs table: what each key does. */

import type { JobList } from './list';
import type { Selection } from './selection';

/** What the keyboard moves about in. */
export interface Keyed {
  /** Rows that fit on screen. */
  readonly page: number;
  /** Brings the row with the focus into view, and the keyboard to it. */
  focusCurrent(): void;
  /** Shows the details of the row with the focus. */
  open(): void;
}

export class TableKeys {
  constructor(
    private readonly _list: JobList,
    private readonly _selection: Selection,
    private readonly _table: Keyed
  ) {}

  /** Does what a key asks for; a button's keys are its own. */
  press(event: KeyboardEvent): void {
    if ((event.target as HTMLElement).tagName !== 'BUTTON' && this._does(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  private _does({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    const { current } = this._selection;
    const step = this._step(key);
    if (step !== 0) {
      this._selection.move(step, shiftKey);
      this._table.focusCurrent();
    } else if (key === 'Enter') {
      this._table.open();
    } else if (key === ' ' && current) {
      this._selection.pick(current, 'toggle');
    } else if (key === 'a' && (ctrlKey || metaKey)) {
      this._selection.all();
    } else if (key === 'Escape') {
      this._selection.clear();
    } else if (key === 'ArrowRight' && current) {
      this._list.toggle(current, true);
    } else if (key === 'ArrowLeft' && current) {
      this._fold(current);
    } else {
      return false;
    }
    return true;
  }

  /** Returns how many rows a key goes on; 0 where it does not move. */
  private _step(key: string): number {
    const page = Math.max(1, this._table.page - 2);
    const far = this._list.rows().length;
    const steps: Partial<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -far,
      End: far
    };
    return steps[key] ?? 0;
  }

  /** Folds a row's children; from a child, goes to its parent first. */
  private _fold(id: string): void {
    const row = this._list.rows().find(row => row.id === id);
    if (row?.depth && row.job) {
      this._selection.pick(row.job.parent);
      this._table.focusCurrent();
    } else {
      this._list.toggle(id, false);
    }
  }
}
