/**
 * The live card as an anywidget: the same view as in the extension, fed by the kernel. It is built into
 * `qmagic/display/static/card.js` and stands in where the extension is not installed.
 */

import { decodeJob, decodeLive } from './protocol';
import { mountCard, type CardData } from './views/card';

interface Model {
  get(name: 'job' | 'live'): unknown;
  get(name: 'cancellable'): boolean;
  get(name: 'hint'): string;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  send(message: { kind: string }): void;
}

function data(model: Model): CardData {
  const live = model.get('live');
  return { job: decodeJob(model.get('job')), live: live ? decodeLive(live) : null, connection: 'online' };
}

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const cancel = (): Promise<void> => {
    model.send({ kind: 'cancel' });
    return Promise.resolve();
  };
  const card = mountCard(el, data(model), model.get('cancellable') ? { cancel } : { hint: model.get('hint') });
  const changed = (): void => card.update(data(model));
  const changes = 'change:job change:live';
  model.on(changes, changed);
  return () => {
    model.off(changes, changed);
    card.dispose();
  };
}

export default { render };
