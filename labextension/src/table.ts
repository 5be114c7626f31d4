/**
 * The jobs table: real rows for what is on screen, whatever the number of jobs. All rows are of one height, so that which
 * ones are on screen is arithmetic.
 *
 * A grid in the sense of ARIA: the focus stays on one row (roving tabindex), arrows move it, Space and Ctrl pick,
 * Shift picks a range, Enter opens. A narrow table has two lines a row and no columns to sort by but those that fit.
 */

import { Widget } from '@lumino/widgets';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';
import { COLUMNS, NARROW, type Column } from './columns';
import { element } from './dom';
import type { JobList } from './list';
import type { Selection } from './selection';
import { TableKeys } from './tablekeys';
import { TableHead } from './tablehead';
import { TableRows } from './tablerows';

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
    _trans: TranslationBundle,
    private readonly _onOpen: () => void
  ) {
    super();
    this.addClass('qm-Table');
    this._keys = new TableKeys(_list, _selection, this);
    this._rows = new TableRows(_list, _selection, _trans);
    this._head = new TableHead(_list, _trans);
    this._body = element('tbody');
    this._table = element('table', '', [this._head.node, this._body], {
      role: 'grid',
      'aria-multiselectable': 'true',
      'aria-label': _trans.__('Jobs')
    });
    this._table.classList.add('qm-mod-narrow');
    this.node.append(this._table);
    this.node.tabIndex = -1;
    this.node.addEventListener('scroll', () => this._later(), { passive: true });
    this._table.addEventListener('click', this);
    this._table.addEventListener('dblclick', this);
    this.node.addEventListener('keydown', this);
    _list.changed.connect(this._onListChanged, this);
    _list.model.connectionChanged.connect(this._onListChanged, this);
    _selection.changed.connect(this._onSelectionChanged, this);
  }

  /** The last rows have come into view. */
  get ended(): ISignal<this, void> {
    return this._ended;
  }

  /** Whether the last rows are in view. */
  get atEnd(): boolean {
    return this._atEnd;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    cancelAnimationFrame(this._frame);
    clearInterval(this._clock);
    this._list.changed.disconnect(this._onListChanged, this);
    this._list.model.connectionChanged.disconnect(this._onListChanged, this);
    this._selection.changed.disconnect(this._onSelectionChanged, this);
    super.dispose();
  }

  /** Brings the row with the focus into view, and the keyboard to it. */
  focusCurrent(): void {
    this._wantsFocus = true;
    this.reveal();
    this._later();
  }

  /** Shows the details of the row with the focus. */
  open(): void {
    this._onOpen();
  }

  /** Rows that fit on screen. */
  get page(): number {
    return Math.floor(this.node.clientHeight / this._height);
  }

  /** Whether a job's row is on screen now. */
  shows(id: string): boolean {
    return this.isVisible && this._drawn.has(id);
  }

  handleEvent(event: Event): void {
    if (event.type === 'keydown') {
      this._keys.press(event as KeyboardEvent);
      return;
    }
    const target = event.target as HTMLElement;
    const sort = target.closest<HTMLElement>('[data-sort]');
    if (sort) {
      this._head.sortBy(sort.dataset.sort as Column['key']);
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
      this.open();
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
        this._rows.lookAgain();
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
      this._table.classList.toggle('qm-mod-narrow', narrow);
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

  private _onSelectionChanged(): void {
    this._rows.lookAgain();
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

  /** Reads all of the layout first, then writes; a frame of scrolling writes only the rows that it brings. */
  private _draw(): void {
    const { clientHeight, scrollTop } = this.node;
    const rows = this._list.rows();
    if (this._stale) {
      this._stale = false;
      this._rows.lookAgain();
      this._selection.setOrder(rows.map(row => row.id));
      this._table.setAttribute('aria-rowcount', String(rows.length + 1));
      this._table.classList.toggle('qm-mod-stale', this._list.model.connection === 'offline');
    }
    this._head.draw(this._narrow);
    const height = this._height;
    const top = Math.min(scrollTop, Math.max(0, rows.length * height + HEADER - clientHeight));
    const first = Math.max(0, Math.floor(top / height) - OVERSCAN);
    const behind = Math.min(rows.length, Math.ceil((top + clientHeight) / height) + OVERSCAN);
    const wanted = new Map<string, HTMLTableRowElement>();
    for (let index = first; index < behind; index++) {
      const row = rows[index];
      wanted.set(row.id, this._rows.element(row, index, this._narrow, this._drawn.get(row.id)));
    }
    const { current } = this._selection;
    const entry = wanted.get(current) ?? wanted.get(rows[first + OVERSCAN]?.id) ?? wanted.values().next().value;
    if (entry !== this._entry) {
      this._entry?.setAttribute('tabindex', '-1');
      entry?.setAttribute('tabindex', '0'); // where Tab comes in
      this._entry = entry;
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
    this._atEnd = behind === rows.length;
    if (this._atEnd) {
      this._ended.emit();
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
    const [tall, wide] = [`${height}px`, (this._narrow ? NARROW : COLUMNS).length];
    if (cell.style.height !== tall) {
      cell.style.height = tall;
    }
    if (cell.colSpan !== wide) {
      cell.colSpan = wide;
    }
    return row;
  }

  private readonly _table: HTMLTableElement;
  private readonly _head: TableHead;
  private readonly _keys: TableKeys;
  private readonly _rows: TableRows;
  private readonly _body: HTMLTableSectionElement;
  private readonly _spacers = { top: spacer(), bottom: spacer() };
  private _drawn = new Map<string, HTMLTableRowElement>();
  private readonly _ended = new Signal<this, void>(this);
  private _entry: HTMLTableRowElement | undefined;
  private _atEnd = false;
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
