import { toggleComment } from '@codemirror/commands';
import { getIndentation, indentUnit } from '@codemirror/language';
import { EditorSelection, EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { openqasm3, sourceOf } from '../../src/editor/language';
import { cell, cells, coloured, texts } from './examples';

const BELL = 'OPENQASM 3.0;\nqubit[2] q;\nh q[0];\n';

describe('colours', () => {
  it('are these', () => {
    const shown = [
      '%%qrun --shots 4096 --name "a b" --lang=openqasm3 --tag x',
      'OPENQASM 3.0; include "stdgates.inc";',
      'gate turn(θ) a, b { ry(θ/2) a; // half',
      '  ctrl @ x a, b; pow(2) @ inv @ s a; gphase(pi); }',
      '/* h q;',
      ' */ qubit[2] q; bit[2] c; const float f = 1.5e-3 + pow(2, 3);',
      'input angle[32] a; array[int[8], 2] list; let pair = q[0:1];',
      'turn(sin((1 + 2)*tau)) q[0], q[1]; h $0; delay[100ns] q; @annotation here',
      '@annotation here',
      '#pragma anything goes',
      'for int i in [0:2] { rz(i) q[i]; }',
      'if (c == "01" && true) { reset q; } else x q[0];',
      'c = measure q; measure q -> c; def f(int n, qubit r) -> bit { return measure r; }'
    ];
    expect(coloured(cell(shown.join('\n')))).toMatchSnapshot();
  });

  it.each(texts.filter(({ kind, language }) => kind === 'valid' && language))('of a cell: $name', ({ text }) => {
    expect(coloured(cell('%%qrun\n' + text.replaceAll('\r', '')))).toMatchSnapshot();
  });

  it('of version 2 leave the words of version 3 alone', () => {
    expect(coloured(cell('%%qrun\nOPENQASM 2.0;\nqreg input[1]; h input[0];'))).toContain('input‹declared›[1‹number›]');
    expect(coloured(cell('%%qrun --lang openqasm2\ncx input, bit;'))).toContain('cx‹gate› input, bit;');
  });

  it('of Python are those that they were', () => {
    const body = 'import os\nfor bit in range(3):\n    print(bit)  # gate\n';
    const plain = coloured(cell(body));
    expect(coloured(cell('%%qrun --shots 10\n' + body))).toBe('%%qrun‹operator› --shots‹flag› 10‹number›\n' + plain);
    expect(sourceOf(cell('%%qrun\n' + body))).toBeNull();
    expect(sourceOf(cell(BELL))).toBeNull();
  });

  it('of a file are those of its version', () => {
    const file = (doc: string) => EditorState.create({ doc, extensions: openqasm3 });
    expect(coloured(file(BELL))).toContain('qubit‹standard›[2‹number›] q‹declared›;');
    expect(sourceOf(file(BELL))).toEqual({ language: 'openqasm3', from: 0 });
    expect(sourceOf(file('OPENQASM 2.0;'))).toEqual({ language: 'openqasm2', from: 0 });
    expect(sourceOf(file(''))).toEqual({ language: 'openqasm3', from: 0 });
  });
});

/** Types and deletes, a step at a time; after each the colours are those of the text read afresh. */
function follow(state: EditorState, steps: readonly { from: number; to?: number; insert?: string }[]): EditorState {
  for (const changes of steps) {
    state = state.update({ changes }).state;
    expect(coloured(state)).toBe(coloured(cell(state.doc.toString())));
  }
  return state;
}

describe('the language of a cell', () => {
  it('follows what is typed', () => {
    const text = '%%qrun --lang openqasm3\n' + BELL;
    const state = follow(
      cell(''),
      [...text].map((insert, from) => ({ from, insert }))
    );
    expect(sourceOf(state)).toEqual({ language: 'openqasm3', from: 24 });
  });

  it('switches with the header, and back', () => {
    let state = cell('%%qrun\n' + BELL);
    state = follow(state, [{ from: 16, to: 17, insert: '2' }]);
    expect(sourceOf(state)?.language).toBe('openqasm2');
    state = follow(state, [{ from: 7, insert: 'import os\n' }]);
    expect(sourceOf(state)).toBeNull();
    state = follow(state, [
      { from: 7, to: 17 },
      { from: 16, to: 17, insert: '3' }
    ]);
    expect(sourceOf(state)?.language).toBe('openqasm3');
  });

  it('switches with the flag, and with the magic', () => {
    let state = follow(cell('%%qrun\n' + BELL), [{ from: 6, insert: ' --lang python' }]);
    expect(sourceOf(state)).toBeNull();
    state = follow(state, [{ from: 14, to: 20, insert: 'auto' }]);
    expect(sourceOf(state)?.language).toBe('openqasm3');
    state = follow(state, [{ from: 0, insert: '#' }]);
    expect(sourceOf(state)).toBeNull();
  });

  it('has its own comments', () => {
    expect(commented('%%qrun\n' + BELL, 10)).toContain('\n// OPENQASM 3.0;\n');
    expect(commented('%%qrun\nimport os\n', 10)).toContain('\n# import os\n');
    expect(commented('%%qrun\n' + BELL, 3)).toContain('# %%qrun\n');
    expect(commented(BELL, 3)).toContain('# OPENQASM 3.0;\n');
  });

  it('has them before a long or late parse has come so far', () => {
    const body = 'qubit[2] q;\n' + 'x q;\n'.repeat(100_000);
    const late = (doc: string) => toggled(cell(doc), doc.length - 2);
    expect(late('%%qrun\n' + body)).toMatch(/\n\/\/ x q;\n$/);
    expect(late('%%qrun --lang python\n' + body)).toMatch(/\n# x q;\n$/);
  });

  it('indents inside braces', () => {
    const at = (doc: string) => {
      const state = EditorState.create({ doc, extensions: [cells, indentUnit.of('    ')] });
      coloured(state);
      return getIndentation(state, doc.length);
    };
    expect(at('%%qrun\nqubit q;\nif (true) {\n')).toBe(4);
    expect(at('%%qrun\nqubit q;\nif (true) { if (true) {\n')).toBe(8);
    expect(at('%%qrun\nqubit q;\nif (true) { x q; }\n')).toBe(0);
    for (const python of ['if True:\n', 'if True:\n    x\n', 'f(\n']) {
      expect(at('%%qrun\n' + python)).toBe(at(python));
    }
  });
});

function commented(doc: string, at: number): string {
  const state = cell(doc);
  coloured(state);
  return toggled(state, at);
}

function toggled(state: EditorState, at: number): string {
  state = state.update({ selection: EditorSelection.cursor(at) }).state;
  toggleComment({ state, dispatch: transaction => void (state = transaction.state) });
  return state.doc.toString();
}
