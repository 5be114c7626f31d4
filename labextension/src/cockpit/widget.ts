/**
 * The cockpit as an anywidget: the same view as in the extension, fed by the kernel. It is built into
 * `qmagic/display/static/cockpit.js` and stands in where the extension is not installed.
 */

import { readStored } from './read';
import { Track } from './track';
import { mountCockpit, type CockpitData } from './view';

interface Model {
  get(name: 'loop' | 'landscape'): unknown;
  get(name: 'steerable'): boolean;
  on(event: string, callback: (value: { kind: string; number?: number; message?: string }) => void): void;
  off(event: string, callback: (value: never) => void): void;
  send(message: object): void;
}

/** Milliseconds in which a kernel that runs no cell answers. */
const PATIENCE = 5000;
const BUSY = 'The kernel is busy: it does this when the cell that runs has ended.';

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const data = (): CockpitData => {
    const [loop, land] = [readStored(model.get('loop')), readStored(model.get('landscape'))];
    return {
      tracks: loop ? [new Track({ ...loop, more: false })] : [],
      landscape: land ? new Track({ ...land, more: false }) : undefined,
      connection: 'online'
    };
  };
  const start = data();
  if (start.tracks.length === 0) {
    el.textContent = 'This output names no loop.';
    return () => undefined;
  }
  // the kernel answers one question after the other, in their order
  const waiting: { resolve: (number: number) => void; reject: (error: Error) => void }[] = [];
  const ask = (message: object): Promise<number> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      model.send(message);
      window.setTimeout(() => reject(new Error(BUSY)), PATIENCE);
    });
  const answered = (answer: { kind: string; number?: number; message?: string }): void => {
    const asked = waiting.shift();
    if (answer.kind === 'refused') {
      asked?.reject(new Error(answer.message));
    } else {
      asked?.resolve(answer.number ?? 0);
    }
  };
  const steered = model.get('steerable');
  const view = mountCockpit(
    el,
    start,
    steered
      ? {
          order: (order, settings) => ask({ kind: 'order', order, settings }),
          landscape: async iteration => void (await ask({ kind: 'landscape', iteration })),
          endLandscape: async () => void (await ask({ kind: 'end landscape' }))
        }
      : {}
  );
  const changed = (): void => view.update(data());
  model.on('change:loop', changed);
  model.on('change:landscape', changed);
  model.on('msg:custom', answered);
  return () => {
    model.off('change:loop', changed);
    model.off('change:landscape', changed);
    model.off('msg:custom', answered);
    view.dispose();
  };
}

export default { render };
