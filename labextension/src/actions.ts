/**
 * What a person can do with jobs. Each action says in a sentence why it cannot be done now ("" when it can), and every
 * failure ends as one notification.
 */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { Api } from './api';
import { cellTrouble, goToCell } from './cells';
import type { JobsModel } from './model';
import { isFinal, type JobView } from './protocol';
import type { IQMagic } from './tokens';

export type ActionName = 'cancel' | 'rerun' | 'delete' | 'copyId' | 'insertCode' | 'goToCell';

export class Actions {
  constructor(
    private readonly _app: JupyterFrontEnd,
    qmagic: Pick<IQMagic, 'model' | 'api' | 'trans'>
  ) {
    this._model = qmagic.model;
    this._api = qmagic.api;
    this._trans = qmagic.trans;
  }

  /** Why an action cannot be done with these jobs; "" when it can. */
  trouble(action: ActionName, ids: readonly string[]): string {
    const trans = this._trans;
    const jobs = this._jobs(ids);
    if (jobs.length === 0) {
      return trans.__('No job is selected.');
    }
    const remote = action === 'cancel' || action === 'rerun' || action === 'delete';
    if (remote && this._model.connection !== 'online') {
      return trans.__('There is no connection to the job service.');
    }
    switch (action) {
      case 'cancel':
        return jobs.some(job => !isFinal(job.status))
          ? ''
          : trans._n('This job has ended.', 'These jobs have ended.', jobs.length);
      case 'delete':
        return jobs.some(job => isFinal(job.status))
          ? ''
          : trans.__('Only a job that has ended can be deleted. Cancel it first.');
      case 'insertCode':
        return this._app.commands.isEnabled('notebook:insert-cell-below') ? '' : trans.__('No notebook is open.');
      case 'goToCell':
        return jobs.length > 1 ? trans.__('Select one job.') : cellTrouble(this._app, jobs[0], trans);
      default:
        return '';
    }
  }

  async cancel(ids: readonly string[]): Promise<void> {
    const living = this._jobs(ids).filter(job => !isFinal(job.status));
    await this._try(this._trans.__('Nothing was cancelled.'), async () => {
      (await this._api.cancel(living.map(job => job.id))).forEach(job => this._model.put(job));
    });
  }

  /** Asks first, then cancels all that has not ended. */
  async cancelAll(): Promise<void> {
    const ids = this._model.unfinished.map(job => job.id);
    const trans = this._trans;
    const answer = await showDialog({
      title: trans._n('Cancel %1 job?', 'Cancel %1 jobs?', ids.length),
      body: trans.__('Running simulations stop at once; what they have computed is lost.'),
      buttons: [Dialog.cancelButton({ label: trans.__('Keep') }), Dialog.warnButton({ label: trans.__('Cancel all') })]
    });
    if (answer.button.accept) {
      await this.cancel(ids);
    }
  }

  /** Starts the same again; returns the new jobs. */
  async rerun(ids: readonly string[]): Promise<JobView[]> {
    const made: JobView[] = [];
    await this._try(this._trans.__('Not everything was run again.'), async () => {
      for (const id of ids) {
        const job = await this._api.rerun(id);
        this._model.put(job);
        made.push(job);
      }
    });
    return made;
  }

  /** Asks first, then deletes those that have ended. */
  async delete(ids: readonly string[]): Promise<void> {
    const trans = this._trans;
    const jobs = this._jobs(ids);
    const ended = jobs.filter(job => isFinal(job.status)).map(job => job.id);
    const left = jobs.length - ended.length;
    const kept = left
      ? ' ' + trans._n('%1 job has not ended and stays.', '%1 jobs have not ended and stay.', left)
      : '';
    const answer = await showDialog({
      title: trans._n('Delete %1 job?', 'Delete %1 jobs?', ended.length),
      body: trans._n('Its result is deleted for good.', 'Their results are deleted for good.', ended.length) + kept,
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })]
    });
    if (answer.button.accept) {
      await this._try(trans.__('Nothing was deleted.'), async () => {
        await this._api.delete(ended);
        this._model.remove(ended);
      });
    }
  }

  copyId(ids: readonly string[]): void {
    Clipboard.copyToSystem(ids.join('\n'));
    Notification.success(this._trans._n('The job id was copied.', '%1 job ids were copied.', ids.length), {
      autoClose: 2000
    });
  }

  /** Puts a cell below the current one that fetches the results. */
  async insertCode(ids: readonly string[]): Promise<void> {
    const { commands } = this._app;
    await this._try(this._trans.__('The code was not inserted.'), async () => {
      await commands.execute('notebook:insert-cell-below', { activate: true });
      await commands.execute('notebook:replace-selection', { text: fetchCode(ids), activate: true });
    });
  }

  async goToCell(id: string): Promise<void> {
    const job = this._model.get(id);
    if (job) {
      await this._try(this._trans.__('The cell was not found.'), () => goToCell(this._app, job, this._trans));
    }
  }

  private _jobs(ids: readonly string[]): JobView[] {
    return ids.map(id => this._model.get(id)).filter(job => job !== undefined);
  }

  private async _try(failure: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      Notification.error(`${failure} ${error instanceof Error ? error.message : String(error)}`, { autoClose: 8000 });
    }
  }

  private readonly _model: JobsModel;
  private readonly _api: Api;
  private readonly _trans: IQMagic['trans'];
}

/** Returns Python that fetches the results of jobs. */
export function fetchCode(ids: readonly string[]): string {
  if (ids.length === 1) {
    return `import qmagic\n\nresult = qmagic.job("${ids[0]}").result()\nresult`;
  }
  const list = ids.map(id => `    "${id}",\n`).join('');
  return `import qmagic\n\nids = [\n${list}]\nresults = [qmagic.job(id).result() for id in ids]\nresults`;
}
