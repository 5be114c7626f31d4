/**
 * Keeps a run up to date from the server: what the socket says, and what has to be asked for because it was missed.
 * One question at a time; a follower that is disposed asks no more.
 */

import { Signal, type ISignal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';
import type { Api } from '../api';
import type { JobsModel } from '../model';
import { isFinal, type JobDetail, type LoopPulse } from '../protocol';
import { LOOP_MIME, NO_ROWS, readAnswer, readRows, readState, readStored } from './read';
import type { Track } from './track';

export class Follower implements IDisposable {
  constructor(
    readonly track: Track,
    private readonly _model: JobsModel,
    private readonly _api: Api
  ) {
    _model.pulsed.connect(this._onPulse, this);
    _model.changed.connect(this._look, this);
    _model.connectionChanged.connect(this._reconnected, this);
    this._look();
  }

  /** The track has changed, or what is known of its connection. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Why the server does not know the loop; "" where it does. */
  get gone(): string {
    return this._gone;
  }

  /** What a notebook stores of the loop's end, once it has come while somebody looked; null before. */
  get end(): JobDetail['stored'] | null {
    return this._end;
  }

  /** Whether the server has said anything since the connection was made. */
  get heard(): boolean {
    return this._asked;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Whether parameters are wanted, too. */
  watchPoints(on: boolean): void {
    this._points = on;
    if (on) {
      void this._ask();
    }
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
    this._model.pulsed.disconnect(this._onPulse, this);
    this._model.changed.disconnect(this._look, this);
    this._model.connectionChanged.disconnect(this._reconnected, this);
  }

  private _onPulse(_: JobsModel, pulse: LoopPulse): void {
    if (pulse.id !== this.track.id) {
      return;
    }
    const whole = this.track.take(readState(pulse.state), readRows(pulse.rows) ?? NO_ROWS);
    if (!whole || this._points) {
      void this._ask();
    }
    this._changed.emit();
  }

  private _reconnected(): void {
    this._asked = false;
    this._look();
    this._changed.emit();
  }

  /** Asks once per connection, and once more when the job has ended. */
  private _look(): void {
    const { track, _model: model } = this;
    const job = model.get(track.id);
    if (job && job.status !== track.status) {
      track.status = job.status;
      track.name ||= job.name;
      if (isFinal(job.status)) {
        track.state = { ...track.state, phase: 'ended' };
        track.data = { ...track.data, error: job.error };
        this._asked = false;
      }
      this._changed.emit();
    }
    if (!this._asked && !this._gone && model.connection === 'online' && track.id) {
      void this._ask();
    }
  }

  /** Asks for what is missing: page after page, then once more where news came meanwhile. */
  private async _ask(): Promise<void> {
    if (this._asking) {
      this._again = true;
      return;
    }
    this._asking = true;
    this._asked = true;
    try {
      do {
        this._again = false;
        await this._load();
        await this._loadPoints();
        await this._loadEnd();
      } while (this._again && !this._disposed);
    } catch (error) {
      if ((error as { status?: number }).status === 404) {
        this._gone = error instanceof Error ? error.message : String(error);
      } else {
        this._asked = false; // the next change asks again
      }
    }
    this._asking = false;
    if (!this._disposed) {
      this._changed.emit();
    }
  }

  private async _load(): Promise<void> {
    const { track } = this;
    for (let more = true; more && !this._disposed;) {
      const since = track.complete ? track.last : 0;
      const part = readAnswer(await this._api.loop(track.id, since));
      track.load(part, since);
      more = part.more;
      this._changed.emit();
    }
  }

  /** How a loop ended, where its notebook has not stored it. */
  private async _loadEnd(): Promise<void> {
    const { track } = this;
    if (track.status && isFinal(track.status) && !track.data.final && !this._end) {
      this._end = (await this._api.job(track.id)).stored;
      const end = readStored(this._end[LOOP_MIME]);
      if (end?.state.phase === 'ended') {
        track.finish(end);
      }
    }
  }

  private async _loadPoints(): Promise<void> {
    const { points } = this.track;
    while (this._points && !this._disposed && (points.iteration.at(-1) ?? 0) < this.track.last) {
      const sparse = points.iteration.some((iteration, i) => iteration !== i + 1);
      if (sparse) {
        points.iteration.length = points.x.length = 0; // a stored view has some of them
      }
      const part = readAnswer(await this._api.loop(this.track.id, points.iteration.at(-1) ?? 0, true));
      if (part.points.iteration.length === 0) {
        return;
      }
      this.track.addPoints(part);
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _end: JobDetail['stored'] | null = null;
  private _asked = false;
  private _asking = false;
  private _again = false;
  private _points = false;
  private _gone = '';
  private _disposed = false;
}
