/**
 * The live card as an anywidget: the same view as in the extension, fed by the kernel. It is built into
 * `qmagic/display/static/card.js` and stands in where the extension is not installed.
 */

import { decodeJob } from './protocol';
import { mountCard, type CardData } from './views/card';

interface Model {
  get(name: 'job'): unknown;
  get(name: 'cancellable'): boolean;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  send(message: { kind: string }): void;
}

function data(model: Model): CardData {
  return { job: decodeJob(model.get('job')), connection: 'online' };
}

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const cancel = (): Promise<void> => {
    model.send({ kind: 'cancel' });
    return Promise.resolve();
  };
  const card = mountCard(el, data(model), model.get('cancellable') ? { cancel } : {});
  const changed = (): void => card.update(data(model));
  model.on('change:job', changed);
  return () => {
    model.off('change:job', changed);
    card.dispose();
  };
}

export default { render };
