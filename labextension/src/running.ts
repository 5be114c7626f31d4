/** Quantum jobs among the running sessions, with "cancel all". */

import type { IRunningSessions } from '@jupyterlab/running';
import { Signal } from '@lumino/signaling';
import type { Actions } from './actions';
import { title } from './columns';
import { duration, statusWord } from './format';
import { qmagicIcon } from './icons';
import type { IQMagic } from './tokens';

/** More than this many are not listed one by one. */
const LISTED = 200;

export function runningJobs(qmagic: IQMagic, actions: Actions, open: (id: string) => void): IRunningSessions.IManager {
  const { model, trans } = qmagic;
  const runningChanged = new Signal<typeof model, void>(model);
  let shown = '';
  const look = () => {
    const now = model.connection === 'online' ? model.unfinished.slice(0, LISTED) : [];
    const state = now.map(job => job.id + job.status).join();
    if (state !== shown) {
      shown = state;
      runningChanged.emit();
    }
  };
  model.changed.connect(look);
  model.connectionChanged.connect(look);
  return {
    name: trans.__('Quantum jobs'),
    running: () =>
      model.connection !== 'online'
        ? []
        : model.unfinished.slice(0, LISTED).map(job => ({
            icon: () => qmagicIcon,
            label: () => title(job),
            labelTitle: () =>
              [statusWord(job.status, trans), job.backend, job.notebook_path, job.id].filter(Boolean).join('\n'),
            detail: () => {
              const seconds = model.live(job.id)?.elapsed;
              return [statusWord(job.status, trans), seconds ? duration(seconds) : ''].filter(Boolean).join(' ');
            },
            open: () => open(job.id),
            shutdown: () => void actions.cancel([job.id])
          })),
    // Lab asks the user before it calls this
    shutdownAll: () => void actions.cancel(model.unfinished.map(job => job.id)),
    refreshRunning: () => runningChanged.emit(),
    runningChanged,
    shutdownLabel: trans.__('Cancel'),
    shutdownAllLabel: trans.__('Cancel All'),
    shutdownAllConfirmationText: trans.__(
      'Cancel all quantum jobs? Running simulations stop at once; what they have computed is lost.'
    )
  };
}
