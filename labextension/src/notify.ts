/**
 * Tells of jobs that ended while nobody looked at them.
 *
 * A job is watched when its cell's output or its row in the panel is on screen, in a page that is shown. Ends are
 * gathered for a moment, so that a sweep's thousand jobs make one notification. Which jobs were under way is kept, so
 * that those that ended while the page was closed are told of, too.
 */

import { Notification } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import { failure } from './format';
import type { JobsModel } from './model';
import { isFinal, type JobView } from './protocol';
import type { IQMagic } from './tokens';

const GATHER = 700;
const KEEP = 2000;
const KEY = 'qmagic-labextension:under-way';
/** More than this many are told of together. */
const SEPARATELY = 3;

export interface NotifierOptions {
  readonly qmagic: IQMagic;
  readonly state: IStateDB | null;
  /** Whether a job's end is in view. */
  watched(job: JobView): boolean;
  /** Whether the user wants to be told. */
  wanted(): boolean;
  open(id?: string): void;
}

export class Notifier {
  constructor(private readonly _options: NotifierOptions) {
    const { model } = _options.qmagic;
    model.ended.connect(this._onEnded, this);
    model.changed.connect(this._onChanged, this);
    void this._recall();
  }

  private _onEnded(_: JobsModel, job: JobView): void {
    if (!this._options.watched(job)) {
      this._gathered.push(job);
      this._tellSoon();
    }
  }

  private _tellSoon(): void {
    if (this._gathered.length > 0 && !this._timer) {
      this._timer = window.setTimeout(() => this._tell(), GATHER);
    }
  }

  private _tell(): void {
    this._timer = 0;
    const jobs = this._gathered.splice(0).filter(job => job.status !== 'CANCELLED');
    if (!this._options.wanted() || jobs.length === 0) {
      return;
    }
    if (jobs.length <= SEPARATELY) {
      jobs.forEach(job => this._tellOne(job));
      return;
    }
    const { trans } = this._options.qmagic;
    const failed = jobs.filter(job => job.status !== 'DONE').length;
    const words = failed
      ? trans.__('%1 jobs have ended, %2 of them failed.', jobs.length, failed)
      : trans.__('%1 jobs are done.', jobs.length);
    this._emit(words, failed > 0, trans.__('Show jobs'));
  }

  private _tellOne(job: JobView): void {
    const { trans } = this._options.qmagic;
    const failed = job.status !== 'DONE';
    const name = job.name || trans.__('A quantum job');
    const headline = failed ? failure(job) : job.headline;
    const first = failed ? trans.__('%1 failed', name) : trans.__('%1 is done', name);
    this._emit(headline ? `${first}: ${headline}` : first, failed, trans.__('Show job'), job.id);
  }

  private _emit(message: string, failed: boolean, label: string, id?: string): void {
    const actions = [{ label, callback: () => this._options.open(id) }];
    const options = { autoClose: failed ? (false as const) : 8000, actions };
    if (failed) {
      Notification.error(message, options);
    } else {
      Notification.success(message, options);
    }
  }

  // -- jobs that end while the page is closed --------------------------------------------------------------------

  private async _recall(): Promise<void> {
    const stored = await this._options.state?.fetch(KEY).catch(() => null);
    this._before = new Set(Array.isArray(stored) ? (stored as string[]) : []);
    this._recalled = true;
    this._onChanged();
  }

  private _onChanged(): void {
    const { model } = this._options.qmagic;
    if (!this._recalled || model.connection === 'connecting') {
      return;
    }
    for (const id of this._before) {
      const job = model.get(id);
      if (job) {
        this._before.delete(id);
        if (isFinal(job.status)) {
          this._onEnded(model, job);
        }
      }
    }
    this._saveSoon();
  }

  private _saveSoon(): void {
    this._saving ||= window.setTimeout(() => {
      this._saving = 0;
      const ids = this._options.qmagic.model.unfinished.slice(0, KEEP).map(job => job.id);
      const text = ids.join();
      if (text !== this._saved) {
        this._saved = text;
        void this._options.state?.save(KEY, ids);
      }
    }, 500);
  }

  private readonly _gathered: JobView[] = [];
  private _before = new Set<string>();
  private _recalled = false;
  private _timer = 0;
  private _saving = 0;
  private _saved = '';
}
