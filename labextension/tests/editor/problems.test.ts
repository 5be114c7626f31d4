import { EditorView } from '@codemirror/view';
import { describe, expect, it } from 'vitest';
import { located } from '../../src/editor/diagnose';
import { sourceOf } from '../../src/editor/language';
import { problemsOf, showProblems } from '../../src/editor/problems';
import { cell, texts } from './examples';

const broken = texts.filter(({ kind }) => kind === 'broken');
const above = '%%qrun --shots 10';

describe('a problem', () => {
  it.each(broken)('stands where the text is wrong, below the magic: $name', ({ text, problems }) => {
    const state = cell(`${above}\n${text}`);
    const [problem] = problems.map(one => located(state, sourceOf(state)!.from, one));
    const line = state.doc.lineAt(problem.from);
    expect(line.number).toBe(problems[0].line + 1);
    const letters = [...line.text];
    const from = [...line.text.slice(0, problem.from - line.from)].length;
    expect(from).toBe(Math.min(problems[0].column, letters.length) - 1);
    expect(problem.to).toBeGreaterThan(problem.from);
    expect(problem.to).toBeLessThanOrEqual(line.to);
  });

  it('counts letters that take two places', () => {
    const { text, problems } = texts.find(({ name }) => name === 'another script before it')!;
    const state = cell(`${above}\n${text}`);
    const { from, to } = located(state, sourceOf(state)!.from, problems[0]);
    expect(state.sliceDoc(from, to)).toBe('hh');
  });

  it('stays in the text whatever the server says', () => {
    const state = cell(`${above}\nqubit q;\n\n`);
    for (const line of [-1, 1, 2, 3, 99]) {
      for (const column of [-1, 1, 8, 9, 99]) {
        const { from, to } = located(state, above.length + 1, { line, column, end_column: column, message: '' });
        expect(from).toBeGreaterThan(above.length);
        expect(to).toBeLessThanOrEqual(state.doc.length);
        expect(to).toBeGreaterThanOrEqual(from);
      }
    }
  });

  it('is there until the text changes', () => {
    let state = cell(`${above}\nqubit q;\nhh q;`);
    expect(state.update(showProblems(state, [])).effects).toEqual([]);
    const problem = { from: 27, to: 29, message: 'no such gate' };
    state = state.update(showProblems(state, [problem], 'Line 3: no such gate')).state;
    expect(problemsOf(state)).toEqual([problem]);
    expect(attributes(state)).toContainEqual({ 'aria-invalid': 'true' });
    expect(problemsOf(state.update({ selection: { anchor: 3 } }).state)).toEqual([problem]);
    state = state.update({ changes: { from: 0, insert: ' ' } }).state;
    expect(problemsOf(state)).toEqual([]);
    expect(attributes(state)).toContainEqual({ 'aria-invalid': 'false' });
  });

  it('gives way to the next answer', () => {
    let state = cell(`${above}\nqubit q;\n\nhh q;`);
    const problems = [
      { from: 28, to: 30, message: 'b' },
      { from: 27, to: 27, message: 'a' }
    ];
    state = state.update(showProblems(state, problems)).state;
    expect(problemsOf(state).map(({ message }) => message)).toEqual(['a', 'b']);
    expect(problemsOf(state.update(showProblems(state, [])).state)).toEqual([]);
  });
});

function attributes(state: ReturnType<typeof cell>): unknown[] {
  return [...state.facet(EditorView.contentAttributes)];
}
