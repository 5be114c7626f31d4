/** Checks what is typed: 300 ms after the last change the text goes to the server, and what comes back is shown. */

import { language } from '@codemirror/language';
import type { EditorState, Extension } from '@codemirror/state';
import { ViewPlugin, type EditorView, type PluginValue, type ViewUpdate } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Diagnostic } from '../api';
import type { Checker } from './checker';
import { sourceOf } from './language';
import { showProblems, type Problem } from './problems';

/** Milliseconds of rest before a text is checked. */
const REST = 300;

/** Returns the extension that checks OpenQASM wherever it stands in an editor. */
export function diagnosing(checker: Checker, trans: TranslationBundle): Extension {
  return ViewPlugin.define(view => new Watch(view, checker, trans));
}

class Watch implements PluginValue {
  constructor(
    private readonly _view: EditorView,
    private readonly _checker: Checker,
    private readonly _trans: TranslationBundle
  ) {
    this._rest();
  }

  update({ docChanged, startState, state }: ViewUpdate): void {
    if (docChanged || startState.facet(language) !== state.facet(language)) {
      this._rest();
    }
  }

  destroy(): void {
    window.clearTimeout(this._timer);
    this._gone = true;
  }

  private _rest(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this._look(), REST);
  }

  private async _look(): Promise<void> {
    const { state } = this._view;
    const source = sourceOf(state);
    if (!source) {
      return;
    }
    const text = state.sliceDoc(source.from);
    // The answer is for this text in this language: whatever came after it asks anew.
    const wanted = (): boolean =>
      !this._gone && this._view.state.doc === state.doc && sourceOf(this._view.state)?.language === source.language;
    const found = text.trim() ? await this._checker.check(text, source.language, wanted) : [];
    if (found && wanted()) {
      const problems = found.map(one => located(state, source.from, one));
      this._view.dispatch(showProblems(state, problems, this._said(state, problems)));
    }
  }

  /** What a screen reader says to who is typing: the first problem, where it is not the one that was said last. */
  private _said(state: EditorState, problems: readonly Problem[]): string {
    const first = this._view.hasFocus ? problems[0] : null;
    const said = first ? this._trans.__('Line %1: %2', state.doc.lineAt(first.from).number, first.message) : '';
    const again = said === this._last;
    this._last = said;
    return again ? '' : said;
  }

  private _timer = 0;
  private _gone = false;
  private _last = '';
}

/**
 * Returns where a problem stands in the editor. Its lines count from the body's first, its columns are characters
 * (the server's are code points, the editor's UTF-16). One behind a line's end is shown at its last character.
 */
export function located(state: EditorState, from: number, found: Diagnostic): Problem {
  const first = state.doc.lineAt(from).number;
  const line = state.doc.line(Math.min(Math.max(first, first + found.line - 1), state.doc.lines));
  const letters = [...line.text];
  const offset = (column: number): number => line.from + letters.slice(0, column - 1).join('').length;
  const column = Math.min(Math.max(1, found.column), Math.max(1, letters.length));
  return { from: offset(column), to: offset(Math.max(column + 1, found.end_column)), message: found.message };
}
