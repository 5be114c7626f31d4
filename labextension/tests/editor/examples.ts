/** The texts that the kernel's side has judged (tests/cells/editor_examples.py), and how they are coloured. */

import { readFileSync } from 'node:fs';
import { python } from '@codemirror/lang-python';
import { ensureSyntaxTree } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { highlightTree, tagHighlighter, tags as t } from '@lezer/highlight';
import type { Diagnostic } from '../../src/api';
import { withMagicCells } from '../../src/editor/language';

export interface Example {
  readonly kind: 'valid' | 'broken' | 'python';
  readonly name: string;
  readonly text: string;
  readonly language: 'openqasm2' | 'openqasm3' | 'python' | null;
  readonly problems: readonly Diagnostic[];
}

interface Fixture {
  readonly texts: readonly Example[];
  readonly gates: Readonly<Record<'2' | '3', readonly string[]>>;
}

const file = new URL('../../../tests/fixtures/openqasm.json', import.meta.url);

export const { texts, gates } = JSON.parse(readFileSync(file, 'utf-8')) as Fixture;

export const cells = withMagicCells(python());

/** A notebook cell as JupyterLab makes it. */
export function cell(doc: string): EditorState {
  return EditorState.create({ doc, extensions: cells });
}

const CLASSES = tagHighlighter([
  { tag: t.keyword, class: 'keyword' },
  { tag: t.standard(t.variableName), class: 'standard' },
  { tag: t.definition(t.variableName), class: 'declared' },
  { tag: t.special(t.variableName), class: 'special' },
  { tag: t.propertyName, class: 'gate' },
  { tag: t.atom, class: 'constant' },
  { tag: t.number, class: 'number' },
  { tag: t.string, class: 'string' },
  { tag: t.operator, class: 'operator' },
  { tag: t.comment, class: 'comment' },
  { tag: t.meta, class: 'meta' },
  { tag: t.attributeName, class: 'flag' }
]);

/** Returns what is coloured, as `text‹class›`, a line for each line. */
export function coloured(state: EditorState): string {
  const tree = ensureSyntaxTree(state, state.doc.length, 10_000)!;
  let out = '';
  let end = 0;
  highlightTree(tree, CLASSES, (from, to, name) => {
    out += `${state.sliceDoc(end, from)}${state.sliceDoc(from, to)}‹${name}›`;
    end = to;
  });
  return out + state.sliceDoc(end);
}
