import { describe, expect, it } from 'vitest';
import { layout, readDrawing, visibleLayers } from '../../src/views/drawing';
import { wire } from '../wire';

const drawing = readDrawing(wire.rest.draw.body)!;

describe('a drawing', () => {
  it('as the server sends it is read', () => {
    expect(drawing.qubits).toEqual(['q[0]', 'q[1]', 'q[2]']);
    expect(drawing.layers.flat().map(one => one.name)).toContain('if_else');
  });

  it('that names wires which are not there is refused', () => {
    const gate = { name: 'h', qubits: [0], clbits: [] };
    const whole = { qubits: ['q'], clbits: [], layers: [[gate]] };
    expect(readDrawing(whole)).not.toBeNull();
    for (const bad of [
      null,
      {},
      { ...whole, layers: [gate] },
      { ...whole, layers: [[{ ...gate, qubits: [1] }]] },
      { ...whole, layers: [[{ ...gate, clbits: [0] }]] }
    ]) {
      expect(readDrawing(bad)).toBeNull();
    }
  });

  it('lays operations of one layer beside no other: none overlap', () => {
    const found = layout(drawing);
    found.placed.forEach((layer, i) => {
      for (const one of layer) {
        expect(one.x).toBeGreaterThanOrEqual(found.edges[i]);
        expect(one.x + one.width).toBeLessThanOrEqual(found.edges[i + 1]);
      }
      const spans = layer.map(one => [one.top, one.bottom]).sort((a, b) => a[0] - b[0]);
      spans.slice(1).forEach((span, k) => expect(span[0]).toBeGreaterThan(spans[k][1]));
    });
  });

  it('gives the bits of a register one wire', () => {
    expect(layout(drawing).names).toEqual(['q[0]', 'q[1]', 'q[2]', 'c/2']);
    const branch = layout(drawing)
      .placed.flat()
      .find(one => one.operation.name === 'if_else')!;
    expect(branch.classical).toEqual([3]);
  });

  it('shows the layers that are visible, and only those', () => {
    const edges = Array.from({ length: 101 }, (_, i) => i * 10);
    expect(visibleLayers(edges, 0, 95)).toEqual([0, 10]);
    expect(visibleLayers(edges, 505, 595)).toEqual([50, 60]);
    expect(visibleLayers(edges, -50, 5000)).toEqual([0, 99]);
  });
});
