import { describe, expect, it } from 'vitest';
import { offersAt } from '../../src/editor/complete';
import { declaredAbove } from '../../src/editor/declared';
import { texts } from './examples';

/** Returns the labels of the offers at the `|` of a text. */
function offers(marked: string, version: 2 | 3 = 3): string[] {
  const offset = marked.indexOf('|');
  return offersAt(marked.replace('|', ''), offset, version).offers.map(({ label }) => label);
}

describe('completion', () => {
  it('offers gates and keywords where a statement starts', () => {
    expect(offers('qubit q;\n|').slice(0, 3)).toEqual(['h', 'x', 'y']);
    expect(offers('qubit q;\nc|')).toEqual(expect.arrayContaining(['cx', 'ccx', 'const', 'complex']));
    expect(offers('qubit q;\nc|')).not.toContain('cos');
    expect(offers('ctrl @ sd|')).toEqual(['sdg']);
  });

  it('offers what is declared above, not below', () => {
    expect(offers('qubit[2] data; h da|; qubit dab;')).toEqual(['data']);
    expect(offers('qreg data[2]; creg dab[2]; measure da|', 2)).toEqual(['data', 'dab']);
    expect(offers('let pair = q[0:1]; input float pace; rx(pa|')).toEqual(['pair', 'pace']);
    expect(offers('gate turn(a) x { rx(a) x; }\nqubit q;\nt|')).toEqual(['turn', 't', 'tdg']);
    expect(offers('// qubit hidden;\n/* qubit hide; */ h hi|')).toEqual([]);
  });

  it("offers a gate's own names inside it, and only there", () => {
    expect(offers('gate g(angle1) wire1 { rx(an|')).toEqual(['angle1', 'angle']);
    expect(offers('gate g(angle1) wire1 { x wi|')).toEqual(['wire1']);
    expect(offers('gate g(angle1) wire1 { x wire1; } x wi|')).toEqual([]);
  });

  it('offers functions and constants in expressions', () => {
    expect(offers('rx(|').slice(0, 2)).toEqual(['pi', 'π']);
    expect(offers('rx(2*s|')).toEqual(['sin', 'sqrt', 'sizeof', 'stretch']);
    expect(offers('rx(2*a|', 2)).toEqual(['acos', 'asin', 'atan']);
    expect(offers('qubit q; bit c; c = m|')).toEqual(['mod', 'measure']);
  });

  it('offers the first lines first, and files in include', () => {
    expect(offers('O|')).toEqual(['OPENQASM']);
    expect(offers('OPENQASM 3.0;\ninc|')).toEqual(['include']);
    expect(offers('include "|')).toEqual(['stdgates.inc']);
    expect(offers('include "qe|', 2)).toEqual(['qelib1.inc']);
  });

  it('is silent in comments and text', () => {
    for (const text of ['// h|', '/* h|', 'qubit q; // c|', 'if (c == "0|', '/* a\n * c|']) {
      expect(offers(text), text).toEqual([]);
    }
    expect(offers('// a comment\nsd|')).toEqual(['sdg']);
  });

  it('knows the words of the version only', () => {
    expect(offers('qu|', 2)).toEqual([]);
    expect(offers('qu|')).toEqual(['qubit']);
    expect(offers('rz|', 2)).toEqual(['rz', 'rzz']);
    expect(offers('rz|')).toEqual(['rz']);
  });

  it('replaces what was typed of a name', () => {
    expect(offersAt('qubit κα;\nh κ', 13, 3)).toMatchObject({
      from: 12,
      to: 13,
      offers: [{ label: 'κα', type: 'qubits' }]
    });
  });

  it.each(texts.filter(({ kind }) => kind !== 'python'))('works anywhere in $name', ({ text }) => {
    for (let at = 0; at <= text.length; at++) {
      const { from, to, offers } = offersAt(text, at, 3);
      expect(from).toBeLessThanOrEqual(to);
      expect(offers.every(({ label }) => label.startsWith(text.slice(from, to)))).toBe(true);
    }
  });
});

describe('what is declared', () => {
  it('is told with its declaration', () => {
    expect(declaredAbove('gate turn(a,\n b) x { }\nqubit[2] q;\nbit[2] c = measure q;', 99)).toEqual([
      { name: 'c', role: 'bits', text: 'bit[2] c' },
      { name: 'q', role: 'qubits', text: 'qubit[2] q' },
      { name: 'turn', role: 'gate', text: 'gate turn(a, b) x' }
    ]);
  });
});
