/** The buttons of actions: the same wherever they stand, and one that cannot be used says why. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { ActionName, Actions } from './actions';
import { button } from './dom';

export function actionLabel(name: ActionName, trans: TranslationBundle): string {
  switch (name) {
    case 'cancel':
      return trans.__('Cancel');
    case 'rerun':
      return trans.__('Run again');
    case 'delete':
      return trans.__('Delete');
    case 'copyId':
      return trans.__('Copy id');
    case 'insertCode':
      return trans.__('Insert code');
    case 'goToCell':
      return trans.__('Go to cell');
  }
}

/** Returns the button for an action on jobs. */
export function actionButton(
  name: ActionName,
  ids: readonly string[],
  actions: Actions,
  trans: TranslationBundle,
  run: (name: ActionName, ids: readonly string[]) => void
): HTMLButtonElement {
  const label = actionLabel(name, trans);
  const trouble = actions.trouble(name, ids);
  const node = button(label, () => {
    if (!actions.trouble(name, ids)) {
      run(name, ids);
    }
  });
  // not `disabled`: the reason has to be readable by keyboard and screen reader, too
  node.setAttribute('aria-disabled', String(trouble !== ''));
  if (trouble) {
    node.title = trouble;
    node.setAttribute('aria-label', `${label}: ${trouble}`);
  }
  return node;
}
