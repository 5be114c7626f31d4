/** What appears beside the pointer: one small box for each view, for people who see; tables say the same to all. */

import { html } from './make';

export class Tip {
  /** @param frame - What the box stays inside; it must be positioned. */
  constructor(private readonly _frame: HTMLElement) {
    this._node = html('div', { class: 'qmv-Tip', 'aria-hidden': 'true', hidden: true });
    _frame.append(this._node);
    _frame.addEventListener('pointerleave', () => this.hide());
    _frame.addEventListener('keydown', event => event.key === 'Escape' && this.hide());
  }

  /** Shows lines, the first one strong, near a place given in the window's coordinates. */
  show(lines: readonly string[], x: number, y: number): void {
    this._node.replaceChildren(...lines.map((line, i) => html(i ? 'div' : 'strong', {}, line)));
    this._node.hidden = false;
    const [frame, own] = [this._frame.getBoundingClientRect(), this._node.getBoundingClientRect()];
    const left = Math.min(Math.max(4, x - frame.left + 14), frame.width - own.width - 4);
    let top = y - frame.top + 14;
    if (top + own.height > frame.height) {
      top = Math.max(0, y - frame.top - own.height - 10);
    }
    this._node.style.transform = `translate(${Math.round(Math.max(4, left))}px, ${Math.round(top)}px)`;
  }

  hide(): void {
    this._node.hidden = true;
  }

  private readonly _node: HTMLElement;
}
