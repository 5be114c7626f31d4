/** One operation of a circuit as SVG. */

import { BOX, boxText, ROW, type Placed } from './drawing';
import { svg } from './make';

const CHARACTER = 7.2;

/** Returns the picture of an operation. `plain` leaves out text, for when everything is small. */
export function drawOperation(placed: Placed, plain: boolean): SVGElement {
  const { operation } = placed;
  const group = svg('g', { class: `qmv-Gate qmv-gate-${family(operation.name)}` });
  const middle = placed.x + placed.width / 2;
  const y = (wire: number): number => wire * ROW + ROW / 2;
  if (operation.name === 'barrier') {
    for (const wire of operation.qubits) {
      group.append(
        svg('line', { class: 'qmv-Barrier', x1: middle, x2: middle, y1: y(wire) - ROW / 2, y2: y(wire) + ROW / 2 })
      );
    }
    return group;
  }
  if (!plain) {
    group.append(svg('title', {}, description(placed)));
  }
  const targets = operation.qubits.slice(operation.controls);
  if (operation.name !== 'measure' && placed.bottom > placed.top) {
    group.append(svg('line', { class: 'qmv-Link', x1: middle, x2: middle, y1: y(placed.top), y2: y(placed.bottom) }));
  }
  operation.qubits.slice(0, operation.controls).forEach((wire, i) => {
    group.append(
      svg('circle', {
        class: operation.open.includes(i) ? 'qmv-Control qmv-mod-open' : 'qmv-Control',
        cx: middle,
        cy: y(wire),
        r: 4.5
      })
    );
  });
  if (isX(placed)) {
    targets.forEach(wire => group.append(...target(middle, y(wire))));
  } else if (operation.name === 'cz' && targets.length === 1) {
    group.append(svg('circle', { class: 'qmv-Control', cx: middle, cy: y(targets[0]), r: 4.5 }));
  } else if (operation.name === 'swap' || operation.name === 'cswap') {
    targets.forEach(wire => group.append(cross(middle, y(wire))));
  } else {
    group.append(...box(placed, targets, y, plain));
  }
  // the classical wires that a condition reads
  placed.classical.forEach(wire =>
    group.append(svg('circle', { class: 'qmv-Control', cx: middle, cy: y(wire), r: 3.5 }))
  );
  return group;
}

/** Returns what a person reads when pointing at an operation. */
export function description({ operation }: Placed): string {
  const lines = [`${operation.name}${operation.params.length ? `(${operation.params.join(', ')})` : ''}`];
  lines.push(`qubits ${operation.qubits.join(', ')}`);
  if (operation.clbits.length) {
    lines.push(`bits ${operation.clbits.join(', ')}`);
  }
  if (operation.inside.length) {
    lines.push(`${operation.inside.join(' + ')} operations inside`);
  }
  return lines.join('\n');
}

function box(placed: Placed, targets: readonly number[], y: (wire: number) => number, plain: boolean): SVGElement[] {
  const { operation, x, width } = placed;
  const found: SVGElement[] = [];
  const wires = targets.length ? targets : [placed.top, placed.bottom];
  // A box over wires that are not neighbours is drawn over all between them; dots say which ones it acts on.
  const [top, bottom] = [Math.min(...wires), Math.max(...wires)];
  const high = (bottom - top) * ROW + BOX;
  found.push(svg('rect', { class: 'qmv-Box', x, y: y(top) - BOX / 2, width, height: high, rx: 3 }));
  if (wires.length > 1 && wires.length < bottom - top + 1) {
    wires.forEach(wire => found.push(svg('circle', { class: 'qmv-Pin', cx: x, cy: y(wire), r: 2.5 })));
  }
  if (plain) {
    return found;
  }
  const middle = y(top) + (bottom - top) * (ROW / 2);
  if (operation.name === 'measure') {
    found.push(...dial(x + width / 2, middle));
  } else {
    const [most, text] = [Math.floor((width - 6) / CHARACTER), boxText(operation)];
    found.push(
      svg(
        'text',
        { x: x + width / 2, y: middle + 4, 'text-anchor': 'middle' },
        text.length > most ? `${text.slice(0, most - 1)}…` : text
      )
    );
  }
  return found;
}

function dial(x: number, y: number): SVGElement[] {
  return [
    svg('path', { class: 'qmv-Measure', d: `M${x - 8} ${y + 5}a8 8 0 0 1 16 0` }),
    svg('line', { class: 'qmv-Measure', x1: x, y1: y + 5, x2: x + 6, y2: y - 6 })
  ];
}

function target(x: number, y: number): SVGElement[] {
  return [
    svg('circle', { class: 'qmv-Target', cx: x, cy: y, r: 9 }),
    svg('path', { class: 'qmv-Target', d: `M${x - 9} ${y}h18M${x} ${y - 9}v18` })
  ];
}

function cross(x: number, y: number): SVGElement {
  return svg('path', { class: 'qmv-Swap', d: `M${x - 6} ${y - 6}l12 12M${x + 6} ${y - 6}l-12 12` });
}

function isX({ operation }: Placed): boolean {
  return operation.controls > 0 && operation.label === 'X' && operation.params.length === 0;
}

/** Which colour an operation has. */
function family(name: string): string {
  if (name === 'measure' || name === 'reset') {
    return 'end';
  }
  if (/^c?r[xyz]|^[cm]?c?(p|u|u1|u2|u3)$|^r(xx|yy|zz|zx)$|^global_phase$/.test(name)) {
    return 'turn';
  }
  return /^(if_else|for_loop|while_loop|switch_case|break_loop|continue_loop|box)$/.test(name) ? 'flow' : 'plain';
}
