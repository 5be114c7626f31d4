/** How a bitstring stands in a chart: with a gap between registers, wrapped in groups, shortened in its middle. */

import { html } from './make';

/** Above the first a label may wrap; above the second it is shortened. */
const LONG = 24;
const LONGEST = 64;

/** Returns a bitstring of at most `most` characters: its two ends, where it is longer. */
export function shortened(label: string, most = LONGEST): string {
  const end = Math.floor((most - 1) / 2);
  return label.length <= most ? label : `${label.slice(0, end)}…${label.slice(-end)}`;
}

/** Returns a bitstring as elements. `widths` has the bits of each register, leftmost first; gaps are not copied. */
export function bitstring(label: string, widths: readonly number[]): HTMLElement {
  const long = label.length > LONG;
  const node = html('span', { class: long ? 'qmv-Bits qmv-mod-long' : 'qmv-Bits' });
  if (label.length > LONGEST || widths.reduce((a, b) => a + b, 0) !== label.length) {
    node.append(shortened(label));
    node.title = label;
    return node;
  }
  if (long) {
    node.style.minWidth = `min(${label.length + widths.length}ch, 40vw)`;
  }
  let at = 0;
  for (const width of widths) {
    const part = html('span');
    pieces(label.slice(at, at + width), long ? 8 : Infinity).forEach((piece, i) =>
      part.append(...(i ? [html('wbr')] : []), piece)
    );
    node.append(...(long && at ? [html('wbr')] : []), part);
    at += width;
  }
  return node;
}

/** Cuts a text into pieces of `size`, counted from the right. */
function pieces(text: string, size: number): string[] {
  const first = Number.isFinite(size) ? text.length % size : 0;
  const found = first ? [text.slice(0, first)] : [];
  for (let at = first; at < text.length; at += size) {
    found.push(text.slice(at, at + size));
  }
  return found;
}
