/** Which rows of a list are selected, and which one has the focus: what mouse and keyboard do in every list. No DOM here. */

import { Signal, type ISignal } from '@lumino/signaling';

/** How a row is picked: alone, added or taken away (Ctrl), or up to it (Shift). */
export type Pick = 'one' | 'toggle' | 'range';

export class Selection {
  /** Something of it changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get ids(): ReadonlySet<string> {
    return this._ids;
  }

  /** The row that has the focus; "": none. */
  get current(): string {
    return this._current;
  }

  has(id: string): boolean {
    return this._ids.has(id);
  }

  /** The rows there are, in order: what ranges and steps mean. Rows that are gone are no longer selected. */
  setOrder(order: readonly string[]): void {
    this._order = order;
    this._places = null;
    if (this._ids.size === 0 && this._current === '') {
      return;
    }
    const places = this._index();
    const kept = [...this._ids].filter(id => places.has(id));
    const gone = kept.length < this._ids.size || (this._current !== '' && !places.has(this._current));
    if (gone) {
      this._ids = new Set(kept);
      this._current = places.has(this._current) ? this._current : (kept.at(-1) ?? '');
      this._anchor = places.has(this._anchor) ? this._anchor : this._current;
      this._changed.emit();
    }
  }

  pick(id: string, how: Pick = 'one'): void {
    if (how === 'range' && this._index().has(this._anchor)) {
      this._ids = new Set(this._between(this._anchor, id));
    } else if (how === 'toggle') {
      const ids = new Set(this._ids);
      if (!ids.delete(id)) {
        ids.add(id);
      }
      this._ids = ids;
      this._anchor = id;
    } else {
      this._ids = new Set([id]);
      this._anchor = id;
    }
    this._current = id;
    this._changed.emit();
  }

  /** Goes `step` rows on; with `extend` the rows on the way are selected, too. */
  move(step: number, extend = false): void {
    if (this._order.length === 0) {
      return;
    }
    const place = this._index().get(this._current) ?? (step > 0 ? -1 : this._order.length);
    const next = Math.max(0, Math.min(this._order.length - 1, place + step));
    this.pick(this._order[next], extend ? 'range' : 'one');
  }

  all(): void {
    this._ids = new Set(this._order);
    this._changed.emit();
  }

  clear(): void {
    if (this._ids.size > 0) {
      this._ids = new Set();
      this._changed.emit();
    }
  }

  private _between(from: string, to: string): readonly string[] {
    const [a, b] = [this._index().get(from)!, this._index().get(to) ?? 0];
    return this._order.slice(Math.min(a, b), Math.max(a, b) + 1);
  }

  private _index(): Map<string, number> {
    this._places ??= new Map(this._order.map((id, place) => [id, place]));
    return this._places;
  }

  private readonly _changed = new Signal<this, void>(this);
  private _ids: ReadonlySet<string> = new Set();
  private _order: readonly string[] = [];
  private _places: Map<string, number> | null = null;
  private _current = '';
  private _anchor = '';
}
