/** A circuit as layered data, as the server's `draw` gives it, and where everything lies. No DOM here. */

export interface Operation {
  readonly name: string;
  readonly label: string;
  readonly qubits: readonly number[];
  readonly clbits: readonly number[];
  readonly params: readonly string[];
  readonly controls: number;
  readonly open: readonly number[];
  readonly inside: readonly number[];
}

export interface Drawing {
  readonly qubits: readonly string[];
  readonly clbits: readonly string[];
  readonly layers: readonly (readonly Operation[])[];
  /** Operations that were left out. */
  readonly truncated: number;
  readonly operations: number;
}

/** An operation with its place. x and widths in pixels at zoom 1; wires count from 0, classical ones below the qubits. */
export interface Placed {
  readonly operation: Operation;
  readonly x: number;
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
  /** Classical wires that it reads. */
  readonly classical: readonly number[];
}

export interface Layout {
  readonly placed: readonly (readonly Placed[])[];
  /** Left edge of each layer, and one more for the right end. */
  readonly edges: readonly number[];
  /** The name of each wire: qubits, then classical registers. */
  readonly names: readonly string[];
}

export const ROW = 36;
export const BOX = 26;
const GAP = 10;
const LETTER = 7.2;
const WIDEST = 160;

/** Returns a checked drawing; null where `value` is none. Extra fields are ignored. */
export function readDrawing(value: unknown): Drawing | null {
  const data = value as Partial<Drawing> | null;
  if (!data || !Array.isArray(data.qubits) || !Array.isArray(data.clbits) || !Array.isArray(data.layers)) {
    return null;
  }
  const [wide, deep] = [data.qubits.length, data.clbits.length];
  const fits = (places: unknown, limit: number): places is number[] =>
    Array.isArray(places) && places.every(one => Number.isInteger(one) && one >= 0 && one < limit);
  const layers: Operation[][] = [];
  for (const layer of data.layers as unknown[]) {
    if (!Array.isArray(layer)) {
      return null;
    }
    const row: Operation[] = [];
    for (const one of layer as Partial<Operation>[]) {
      if (typeof one?.name !== 'string' || !fits(one.qubits, wide) || !fits(one.clbits, deep)) {
        return null;
      }
      row.push({
        name: one.name,
        label: typeof one.label === 'string' ? one.label : one.name,
        qubits: one.qubits,
        clbits: one.clbits,
        params: Array.isArray(one.params) ? one.params.map(String) : [],
        controls: Math.min(Number(one.controls) || 0, one.qubits.length),
        open: Array.isArray(one.open) ? one.open : [],
        inside: Array.isArray(one.inside) ? one.inside : []
      });
    }
    layers.push(row);
  }
  const drawn = layers.reduce((sum, layer) => sum + layer.length, 0);
  const truncated = Number(data.truncated) || 0;
  return {
    qubits: data.qubits.map(String),
    clbits: data.clbits.map(String),
    layers,
    truncated,
    operations: Number(data.operations) || drawn + truncated
  };
}

/** Returns where each operation lies: every layer is as wide as its widest box. The bits of a register share a wire. */
export function layout(drawing: Drawing): Layout {
  const edges = [0];
  const quantum = drawing.qubits.length;
  const registers = new Map<string, number[]>();
  drawing.clbits.forEach((name, bit) => {
    const register = name.replace(/\[\d+\]$/, '');
    registers.set(register, [...(registers.get(register) ?? []), bit]);
  });
  const wireOf: number[] = [];
  [...registers.values()].forEach((bits, i) => bits.forEach(bit => (wireOf[bit] = quantum + i)));
  const placed = drawing.layers.map(layer => {
    const left = edges[edges.length - 1];
    const widest = Math.max(...layer.map(boxWidth), 0);
    edges.push(left + widest + GAP);
    return layer.map((operation): Placed => {
      const wires =
        operation.name === 'measure'
          ? operation.qubits
          : [...operation.qubits, ...operation.clbits.map(bit => wireOf[bit])];
      const spans = wires.length ? wires : [0, Math.max(0, quantum - 1)];
      const width = boxWidth(operation);
      const classical = operation.name === 'measure' ? [] : [...new Set(operation.clbits.map(bit => wireOf[bit]))];
      const x = left + (widest + GAP - width) / 2;
      return { operation, x, width, classical, top: Math.min(...spans), bottom: Math.max(...spans) };
    });
  });
  const names = [...registers].map(([name, bits]) => (bits.length === 1 ? name : `${name}/${bits.length}`));
  return { placed, edges, names: [...drawing.qubits, ...names] };
}

/** Returns what stands in an operation's box. */
export function boxText(operation: Operation): string {
  if (operation.inside.length) {
    return operation.label;
  }
  return operation.params.length ? `${operation.label}(${operation.params.join(', ')})` : operation.label;
}

function boxWidth(operation: Operation): number {
  if (operation.name === 'barrier') {
    return 8;
  }
  const letters = boxText(operation).length * LETTER + 12;
  return Math.max(BOX, Math.min(WIDEST, operation.name === 'measure' ? BOX : letters));
}

/** Returns the first and last layer (inclusive) that touch the stretch from `from` to `to`; an empty stretch for none. */
export function visibleLayers(edges: readonly number[], from: number, to: number): [number, number] {
  const first = lowerBound(edges, from) - 1;
  const last = lowerBound(edges, to);
  return [Math.max(0, first), Math.min(edges.length - 2, last)];
}

function lowerBound(values: readonly number[], wanted: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
