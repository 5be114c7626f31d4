/**
 * The jobs table: real rows for what is on screen, whatever the number of jobs. All rows are of one height, so that which
 * ones are on screen is arithmetic.
 *
 * A grid in the sense of ARIA: the focus stays on one row (roving tabindex), arrows move it, Space and Ctrl pick,
 * Shift picks a range, Enter opens. A narrow table has two lines a row and no columns to sort by but those that fit.
 */

import { Widget } from '@lumino/widgets';
import type { TranslationBundle } from '@jupyterlab/translation';
import { COLUMNS, NARROW, type Column } from './columns';
import { element } from './dom';
import { drawing } from './icons';
import type { JobList, Row } from './list';
import { isFinal } from './protocol';
import type { Selection } from './selection';

const WIDE_ROW = 28;
const NARROW_ROW = 46;
const HEADER = 24;
/** Rows that are drawn above and below what is visible. */
const OVERSCAN = 8;
/** Below this width (px) a row has two lines. */
const NARROW_BELOW = 620;

export class JobsTable extends Widget {
  constructor(
    private readonly _list: JobList,
    private readonly _selection: Selection,
    private readonly _trans: TranslationBundle,
    private readonly _onOpen: () => void
  ) {
    super();
    this.addClass('qm-Table');
    this._body = element('tbody');
    this._head = element('thead');
    this._table = element('table', '', [this._head, this._body], {
      role: 'grid',
      'aria-multiselectable': 'true',
      'aria-label': _trans.__('Jobs')
    });
    this.node.append(this._table);
    this.node.tabIndex = -1;
    this.node.addEventListener('scroll', () => this._later(), { passive: true });
    this._table.addEventListener('click', this);
    this._table.addEventListener('dblclick', this);
    this.node.addEventListener('keydown', this);
    _list.changed.connect(this._onListChanged, this);
    _selection.changed.connect(this._later, this);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    cancelAnimationFrame(this._frame);
    clearInterval(this._clock);
    this._list.changed.disconnect(this._onListChanged, this);
    this._selection.changed.disconnect(this._later, this);
    super.dispose();
  }

  /** Brings the row with the focus into view, and the keyboard to it. */
  focusCurrent(): void {
    this._wantsFocus = true;
    this.reveal();
    this._later();
  }

  /** Whether a job's row is on screen now. */
  shows(id: string): boolean {
    return this.isVisible && this._drawn.has(id);
  }

  handleEvent(event: Event): void {
    if (event.type === 'keydown') {
      this._onKey(event as KeyboardEvent);
      return;
    }
    const target = event.target as HTMLElement;
    const sort = target.closest<HTMLElement>('[data-sort]');
    if (sort) {
      this._sortBy(sort.dataset.sort as Column['key']);
      return;
    }
    const row = target.closest<HTMLElement>('tr[data-id]');
    if (!row) {
      return;
    }
    const id = row.dataset.id!;
    if (target.closest('.qm-Fold')) {
      this._list.toggle(id);
    } else if (event.type === 'dblclick') {
      this._onOpen();
    } else {
      const { shiftKey, ctrlKey, metaKey } = event as MouseEvent;
      this._selection.pick(id, shiftKey ? 'range' : ctrlKey || metaKey ? 'toggle' : 'one');
      this._wantsFocus = true;
    }
  }

  protected override onAfterShow(): void {
    this._later();
  }

  protected override onAfterAttach(): void {
    this._later();
    // what runs gets older; nothing else has to happen for that
    this._clock = window.setInterval(() => {
      const { model } = this._list;
      if (this.isVisible && model.connection === 'online' && model.counts.running > 0) {
        this._later();
      }
    }, 1000);
  }

  protected override onBeforeDetach(): void {
    clearInterval(this._clock);
  }

  protected override onResize(message: Widget.ResizeMessage): void {
    const width = message.width >= 0 ? message.width : this.node.offsetWidth;
    const narrow = width < NARROW_BELOW;
    if (width > 0 && narrow !== this._narrow) {
      this._narrow = narrow;
      this._columns = '';
      this._drawn.clear();
      this.reveal();
    }
    this._later();
  }

  private get _height(): number {
    return this._narrow ? NARROW_ROW : WIDE_ROW;
  }

  private _onListChanged(): void {
    this._stale = true;
    this._later();
  }

  /** Draws with the next frame, once. */
  private _later(): void {
    if (this._frame === 0 && this.isVisible) {
      this._frame = requestAnimationFrame(() => {
        this._frame = 0;
        if (!this.isDisposed && this.isAttached) {
          this._draw();
        }
      });
    }
  }

  private _draw(): void {
    const rows = this._list.rows();
    if (this._stale) {
      this._stale = false;
      this._selection.setOrder(rows.map(row => row.id));
    }
    this._drawHead();
    this._table.setAttribute('aria-rowcount', String(rows.length + 1));
    this._table.classList.toggle('qm-mod-stale', this._list.model.connection === 'offline');
    const height = this._height;
    const { clientHeight } = this.node;
    const top = Math.min(this.node.scrollTop, Math.max(0, rows.length * height + HEADER - clientHeight));
    const first = Math.max(0, Math.floor(top / height) - OVERSCAN);
    const behind = Math.min(rows.length, Math.ceil((top + clientHeight) / height) + OVERSCAN);
    const wanted = new Map<string, HTMLTableRowElement>();
    const now = Date.now() / 1000;
    for (let index = first; index < behind; index++) {
      const row = rows[index];
      const node = this._row(row, index, now);
      node.tabIndex = -1;
      wanted.set(row.id, node);
    }
    const { current } = this._selection;
    const entry = wanted.get(current) ?? wanted.get(rows[first + OVERSCAN]?.id) ?? wanted.values().next().value;
    if (entry) {
      entry.tabIndex = 0; // where Tab comes in
    }
    const held = this._body.contains(document.activeElement);
    this._drawn = wanted;
    const [above, below] = [first * height, Math.max(0, rows.length - behind) * height];
    place(this._body, [this._spacer('top', above), ...wanted.values(), this._spacer('bottom', below)]);
    const focused = this._wantsFocus ? wanted.get(current) : null;
    if (focused) {
      this._wantsFocus = false;
      focused.focus({ preventScroll: true });
    } else if (held && !this._body.contains(document.activeElement)) {
      this.node.focus({ preventScroll: true }); // its row was scrolled away; the keyboard stays here
    }
  }

  /** Returns the row's element: the one that is there, unless what it shows has changed. */
  private _row(row: Row, index: number, now: number): HTMLTableRowElement {
    const { model } = this._list;
    const columns = this._narrow ? NARROW : COLUMNS;
    const node = this._drawn.get(row.id) ?? element('tr', '', [], { 'data-id': row.id });
    const stale = model.connection !== 'online';
    const context = { model, now, trans: this._trans, stale };
    const texts = columns.map(column => column.text(row, context));
    const job = row.job;
    const state = [job?.status, row.open, row.depth, row.children.length, stale, ...texts].join('\n');
    if (this._states.get(node) !== state) {
      this._states.set(node, state);
      node.className = `qm-Row${this._narrow ? ' qm-mod-narrow' : ''}${row.depth ? ' qm-mod-child' : ''}`;
      node.dataset.status = job?.status ?? '';
      node.classList.toggle('qm-mod-unfinished', !!job && !isFinal(job.status));
      node.replaceChildren(
        ...columns.map((column, place) => {
          const cell = element('td', `qm-Cell qm-mod-${column.key}`);
          column.fill(cell, row, texts[place], context);
          if (column.key === 'name') {
            this._addFold(cell, row);
          }
          return cell;
        })
      );
    }
    node.setAttribute('aria-rowindex', String(index + 2));
    const selected = this._selection.has(row.id);
    node.setAttribute('aria-selected', String(selected));
    node.classList.toggle('qm-mod-selected', selected);
    return node;
  }

  private _addFold(cell: HTMLElement, row: Row): void {
    if (row.children.length === 0) {
      return;
    }
    const label = row.open ? this._trans.__('Fold') : this._trans.__('Unfold');
    const fold = element('button', 'qm-Fold', [drawing('fold')], {
      type: 'button',
      tabindex: '-1',
      'aria-expanded': String(row.open),
      'aria-label': label,
      title: label
    });
    cell.prepend(fold);
  }

  private _drawHead(): void {
    const { key, descending } = this._list.sorting;
    const state = `${this._narrow} ${key} ${descending}`;
    if (state === this._columns) {
      return;
    }
    this._columns = state;
    this._table.classList.toggle('qm-mod-narrow', this._narrow);
    const cells = (this._narrow ? NARROW : COLUMNS).map(column => {
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
    this._head.replaceChildren(element('tr', '', cells, { 'aria-rowindex': '1' }));
  }

  private _sortBy(key: Column['key']): void {
    const { key: old, descending } = this._list.sorting;
    const first = key === 'created' || key === 'elapsed' || key === 'shots' || key === 'cost';
    this._list.sorting = { key, descending: key === old ? !descending : first };
  }

  private _onKey(event: KeyboardEvent): void {
    if ((event.target as HTMLElement).tagName === 'BUTTON') {
      return;
    }
    const page = Math.max(1, Math.floor(this.node.clientHeight / this._height) - 2);
    const far = this._list.rows().length;
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -far,
      End: far
    };
    const { current } = this._selection;
    if (event.key in steps) {
      this._selection.move(steps[event.key], event.shiftKey);
      this.focusCurrent();
    } else if (event.key === 'Enter') {
      this._onOpen();
    } else if (event.key === ' ' && current) {
      this._selection.pick(current, 'toggle');
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      this._selection.all();
    } else if (event.key === 'Escape') {
      this._selection.clear();
    } else if (event.key === 'ArrowRight' && current) {
      this._list.toggle(current, true);
    } else if (event.key === 'ArrowLeft' && current) {
      this._fold(current);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Folds a row's children; from a child, goes to its parent first. */
  private _fold(id: string): void {
    const row = this._list.rows().find(row => row.id === id);
    if (row?.depth && row.job) {
      this._selection.pick(row.job.parent);
      this.focusCurrent();
    } else {
      this._list.toggle(id, false);
    }
  }

  /** Brings the row with the focus into view. */
  reveal(): void {
    const index = this._list.rows().findIndex(row => row.id === this._selection.current);
    if (index < 0) {
      return;
    }
    const [top, height] = [index * this._height, this._height];
    const room = this.node.clientHeight - HEADER;
    if (top < this.node.scrollTop) {
      this.node.scrollTop = top;
    } else if (top + height > this.node.scrollTop + room) {
      this.node.scrollTop = top + height - room;
    }
  }

  private _spacer(where: 'top' | 'bottom', height: number): HTMLTableRowElement {
    const row = this._spacers[where];
    const cell = row.firstElementChild as HTMLTableCellElement;
    cell.style.height = `${height}px`;
    cell.colSpan = (this._narrow ? NARROW : COLUMNS).length;
    return row;
  }

  private readonly _table: HTMLTableElement;
  private readonly _head: HTMLTableSectionElement;
  private readonly _body: HTMLTableSectionElement;
  private readonly _spacers = { top: spacer(), bottom: spacer() };
  private _drawn = new Map<string, HTMLTableRowElement>();
  /** What each row's element shows. */
  private readonly _states = new WeakMap<HTMLElement, string>();
  private _columns = '';
  private _narrow = true;
  private _stale = true;
  private _wantsFocus = false;
  private _frame = 0;
  private _clock = 0;
}

function spacer(): HTMLTableRowElement {
  return element('tr', 'qm-Spacer', [element('td')], { 'aria-hidden': 'true' });
}

/** Makes `nodes` the children of `parent`, moving only what has to move, so that the focus stays where it is. */
function place(parent: HTMLElement, nodes: readonly HTMLElement[]): void {
  const wanted = new Set<Node>(nodes);
  for (const child of [...parent.children]) {
    if (!wanted.has(child)) {
      child.remove();
    }
  }
  let next: Element | null = parent.firstElementChild;
  for (const node of nodes) {
    if (node === next) {
      next = next.nextElementSibling;
    } else {
      parent.insertBefore(node, next);
    }
  }
}
