/**
 * Completion in OpenQASM, for JupyterLab's completer. It needs no kernel.
 *
 * JupyterLab asks every provider and waits for the slowest one. In OpenQASM the kernel knows nothing but Python's names,
 * and may be busy for an hour, so that there the others are not asked. On the magic's own line they are, and we are not.
 */

import {
  type CompletionHandler,
  type ICompletionContext,
  type ICompletionProvider,
  type ICompletionProviderManager
} from '@jupyterlab/completer';
import { Text } from '@jupyterlab/coreutils';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import { offersAt } from './complete';
import { sourceOf, type Source } from './language';

type Provider = ICompletionProvider;

/** What the completer's manager has besides what it promises. */
interface Manager extends ICompletionProviderManager {
  getProviders?(): ReadonlyMap<string, Provider>;
}

export class OpenQasmCompletion implements Provider {
  readonly identifier = 'qmagic:openqasm';
  readonly rank = 1100;

  constructor(private readonly _manager: Manager) {}

  isApplicable(context: ICompletionContext): Promise<boolean> {
    this._manager.getProviders?.().forEach(provider => this._quiet(provider));
    return Promise.resolve(isInOpenQasm(context));
  }

  fetch(
    request: CompletionHandler.IRequest,
    context: ICompletionContext
  ): Promise<CompletionHandler.ICompletionItemsReply> {
    const source = sourceAt(context);
    const { text } = request;
    const offset = Text.charIndexToJsIndex(request.offset, text);
    if (!source) {
      return Promise.resolve({ start: request.offset, end: request.offset, items: [] });
    }
    const body = text.slice(source.from);
    const { from, to, offers } = offersAt(body, offset - source.from, source.language === 'openqasm2' ? 2 : 3);
    return Promise.resolve({
      start: Text.jsIndexToCharIndex(source.from + from, text),
      end: Text.jsIndexToCharIndex(source.from + to, text),
      items: offers.map(({ label, type, about }) => ({ label, type, documentation: about }))
    });
  }

  shouldShowContinuousHint: Provider['shouldShowContinuousHint'] = (visible, changed) => {
    const deltas = changed.sourceChange ?? [];
    const typed = deltas.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');
    return !visible && !deltas.some(delta => delta.delete != null) && /^[\p{L}\p{N}_$]$/u.test(typed);
  };

  /** Makes another provider keep out of OpenQASM. */
  private _quiet(provider: Provider): void {
    if (provider === (this as Provider) || this._quieted.has(provider)) {
      return;
    }
    this._quieted.add(provider);
    const applicable = provider.isApplicable.bind(provider);
    provider.isApplicable = context => (isInOpenQasm(context) ? Promise.resolve(false) : applicable(context));
  }

  private readonly _quieted = new WeakSet<Provider>();
}

function isInOpenQasm(context: ICompletionContext): boolean {
  return sourceAt(context) !== null;
}

/** Returns the OpenQASM in which the cursor stands. */
function sourceAt({ editor }: ICompletionContext): Source | null {
  const state = (editor as CodeMirrorEditor | null | undefined)?.editor?.state;
  const source = state ? sourceOf(state) : null;
  return source && state && state.selection.main.head >= source.from ? source : null;
}
