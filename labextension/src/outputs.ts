/** The widgets that stand in a cell's output: a job's live card, and a stored result. */

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { Change, JobsModel } from './model';
import { decodeJob, isFinal, type JobDetail, type JobView } from './protocol';
import { savedOutput } from './saved';
import type { IQMagic } from './tokens';
import { JOB_MIME, mountCard, mountResult, RESULT_MIME, type CardData, type View } from './views';

/** How long a kernel that waits has to put the end into the notebook itself, before the user is offered to. */
const KERNEL_WRITES = 1500;

/** A stored result. */
export class ResultRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly _trans: TranslationBundle) {
    super();
    this.addClass('qm-Output');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._view?.dispose();
    this._view = mountResult(this.node, model.data[RESULT_MIME], { words: this._trans });
    return Promise.resolve();
  }

  override dispose(): void {
    this._view?.dispose();
    super.dispose();
  }

  private _view: View<unknown> | null = null;
}

/** A job's card: the model says how the job stands, the server what came out. */
export class JobRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly _qmagic: IQMagic) {
    super();
    this.addClass('qm-Output');
    _qmagic.model.changed.connect(this._onChanged, this);
    _qmagic.model.connectionChanged.connect(this._show, this);
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._end();
    this._output = model;
    const result = model.data[RESULT_MIME];
    this._stored = result === undefined ? storedJob(model.data[JOB_MIME]) : null;
    if (result !== undefined) {
      this._view = mountResult(this.node, result, { words: this._qmagic.trans }); // saved meanwhile
    } else if (this._stored) {
      this._show();
    } else {
      this.node.textContent = this._qmagic.trans.__('This output names no job.');
    }
    return Promise.resolve();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._qmagic.model.changed.disconnect(this._onChanged, this);
      this._qmagic.model.connectionChanged.disconnect(this._show, this);
      this._end();
      super.dispose();
    }
  }

  private _onChanged(_: JobsModel, change: Change): void {
    if (this._stored && (change === null || change.has(this._stored.id))) {
      this._show();
    }
  }

  private _show(): void {
    const stored = this._stored;
    if (!stored || this.isDisposed) {
      return;
    }
    const { model, trans } = this._qmagic;
    const known = model.get(stored.id) ?? this._detail?.job;
    const job = known ?? stored;
    if (isFinal(job.status) ? this._asked !== 'end' : !known && this._asked === '' && model.connection === 'online') {
      void this._ask(isFinal(job.status) ? 'end' : 'now');
    }
    const data: CardData = {
      job,
      live: model.live(job.id) ?? null,
      connection: this._gone ? 'stored' : !known && model.connection === 'online' ? 'connecting' : model.connection,
      trouble: this._gone || model.trouble,
      result: this._detail?.result
    };
    // the kernel has stored the end already, unless it died on the way
    const saves = isFinal(job.status) && this._mayBeSaved && (!isFinal(stored.status) || !!this._detail?.result);
    if (this._card && saves === this._saves) {
      this._card.update(data);
      return;
    }
    this._card?.dispose();
    this._saves = saves;
    this._card = this._view = mountCard(this.node, data, {
      words: trans,
      cancel: async id => {
        for (const after of await this._qmagic.api.cancel([id])) {
          model.put(after);
        }
      },
      save: saves ? () => this._save() : undefined
    });
  }

  /** Asks the server for what the model does not hold: an older job, and what came out of one that has ended. */
  private async _ask(when: 'now' | 'end'): Promise<void> {
    this._asked = when;
    const id = this._stored!.id;
    try {
      const detail = await this._qmagic.api.job(id);
      if (this._stored?.id !== id || this.isDisposed) {
        return;
      }
      this._detail = detail;
      this._gone = '';
      if (isFinal(detail.job.status)) {
        this._asked = 'end';
        window.setTimeout(() => {
          this._mayBeSaved = true;
          this._show();
        }, KERNEL_WRITES);
      }
    } catch (error) {
      if (this._stored?.id !== id || this.isDisposed) {
        return;
      }
      if ((error as { status?: number }).status === 404) {
        this._gone = error instanceof Error ? error.message : String(error);
      } else {
        this._asked = ''; // the next change asks again
      }
    }
    this._show();
  }

  private _save(): void {
    if (this._output && this._detail) {
      this._output.setData({ data: savedOutput(this._detail), metadata: {} });
    }
  }

  private _end(): void {
    this._view?.dispose();
    this._view = this._card = null;
    this._detail = this._output = this._stored = null;
    this._asked = this._gone = '';
    this._mayBeSaved = this._saves = false;
  }

  private _view: View<unknown> | View<CardData> | null = null;
  private _card: View<CardData> | null = null;
  private _output: IRenderMime.IMimeModel | null = null;
  private _stored: JobView | null = null;
  private _detail: JobDetail | null = null;
  private _asked: '' | 'now' | 'end' = '';
  private _gone = '';
  private _mayBeSaved = false;
  private _saves = false;
}

/** Returns the job in a stored bundle; null where it names none. */
function storedJob(value: unknown): JobView | null {
  try {
    return decodeJob({ created: 0, ...(value as object) });
  } catch {
    return null;
  }
}
