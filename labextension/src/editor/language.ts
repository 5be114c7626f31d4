/**
 * The OpenQASM language for files, and JupyterLab's own language of notebook cells with OpenQASM in it.
 *
 * A `%%qrun` cell stays an IPython cell: no MIME type changes and no cell is followed. The Python parser is wrapped, so
 * that whatever stands in an editor is parsed as what it is at that moment; comments, indent and brackets come along.
 */

import { LanguageSupport, StreamLanguage, language, type LRLanguage } from '@codemirror/language';
import { EditorState, Prec, type Text } from '@codemirror/state';
import { parseMixed } from '@lezer/common';
import type { Language } from './detect';
import { detect } from './detect';
import { readCell, type MagicCell } from './magic';
import { comments as openqasmComments, tokenizer } from './tokenizer';

export const openqasm3 = StreamLanguage.define(tokenizer(3));
export const openqasm2 = StreamLanguage.define(tokenizer(2));

/** IPython languages that we have wrapped. */
const wrapped = new WeakSet<object>();

/** Returns the support of Python cells with ours in front: everything of theirs is kept. */
export function withMagicCells(support: LanguageSupport): LanguageSupport {
  const python = (support.language as LRLanguage).configure({
    wrap: parseMixed((node, input) => {
      if (!node.type.isTop) {
        return null;
      }
      const cell = readCell(input.read(0, input.length));
      if (!cell) {
        return null;
      }
      // An overlay over the top node: a mount in its place would not be seen.
      const to = cell.language === 'python' ? cell.headTo : input.length;
      const { parser } = cell.language === 'openqasm2' ? openqasm2 : openqasm3;
      return { parser, overlay: [{ from: 0, to }] };
    })
  });
  wrapped.add(python);
  return new LanguageSupport(python, [ownComments, support.support]);
}

/**
 * Comments go by what stands there, not by what has been parsed so far: on a busy machine the parser comes later than the
 * key. On the magic's line a comment is Python's, so that it can be undone: with `//` the cell would be no cell of ours.
 */
const ownComments = Prec.high(
  EditorState.languageData.of((state, at) => {
    const source = sourceOf(state);
    const inside = source && state.doc.lineAt(at).from >= source.from;
    return [{ commentTokens: inside ? openqasmComments : { line: '#' } }];
  })
);

/** OpenQASM in an editor. */
export interface Source {
  readonly language: Exclude<Language, 'python'>;
  /** Where it starts; it goes on to the end. */
  readonly from: number;
}

/** Returns the OpenQASM in an editor: a file, or the body of a cell; null where there is none. */
export function sourceOf(state: EditorState): Source | null {
  const shown = state.facet(language);
  if (shown === openqasm3) {
    const found = detect(state.doc.toString());
    return { language: found === 'openqasm2' ? found : 'openqasm3', from: 0 };
  }
  if (!shown || !wrapped.has(shown)) {
    return null;
  }
  const cell = cellOf(state.doc);
  return cell && cell.language !== 'python' ? { language: cell.language, from: cell.bodyFrom } : null;
}

/** The cells of texts that were read: several ask at each key. */
const read = new WeakMap<Text, MagicCell | null>();

function cellOf(doc: Text): MagicCell | null {
  let cell = read.get(doc);
  if (cell === undefined) {
    cell = readCell(doc.toString());
    read.set(doc, cell);
  }
  return cell;
}
