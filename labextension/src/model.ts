/**
 * All jobs that this browser knows of, keyed by id. No DOM here.
 *
 * The model is fed (a snapshot, older pages, events, live values) and tells with signals what changed. It knows how far
 * it is behind: while `connection` is not "online" nothing in it may be shown as live.
 */

import { Signal, type ISignal } from '@lumino/signaling';
import {
  isFinal,
  isRunning,
  type JobEvent,
  type JobView,
  type LiveView,
  type LoopPulse,
  type Message
} from './protocol';

/** "connecting": never connected yet; "offline": what is known may be out of date. */
export type Connection = 'connecting' | 'online' | 'offline';

/** Which jobs changed; null: any of them, and the list as a whole. */
export type Change = ReadonlySet<string> | null;

export class JobsModel {
  /** Jobs, or their live values, changed. */
  get changed(): ISignal<this, Change> {
    return this._changed;
  }

  /** A job that was seen unfinished, or was made since the first snapshot, has ended. */
  get ended(): ISignal<this, JobView> {
    return this._ended;
  }

  /** There is something new of a loop; nothing of it is kept here. */
  get pulsed(): ISignal<this, LoopPulse> {
    return this._pulsed;
  }

  /** The connection changed, or its message. */
  get connectionChanged(): ISignal<this, Connection> {
    return this._connectionChanged;
  }

  get connection(): Connection {
    return this._connection;
  }

  /** Why we are offline, in a sentence; "" when we are not. */
  get trouble(): string {
    return this._trouble;
  }

  /** The number of the newest event that this model holds; -1: none yet. */
  get seq(): number {
    return this._seq;
  }

  /** When we heard of the server last (milliseconds, as Date.now); 0: never. */
  get heard(): number {
    return this._heard;
  }

  get size(): number {
    return this._jobs.size;
  }

  /** How many jobs there are, those that are not here included. */
  get total(): number {
    return Math.max(this._total, this._jobs.size);
  }

  /** How many jobs run, and how many wait. */
  get counts(): { running: number; queued: number } {
    let [running, queued] = [0, 0];
    for (const id of this._unfinished) {
      if (isRunning(this._jobs.get(id)!.status)) {
        running += 1;
      } else {
        queued += 1;
      }
    }
    return { running, queued };
  }

  /** The jobs that have not ended, newest first. */
  get unfinished(): JobView[] {
    return [...this._unfinished]
      .map(id => this._jobs.get(id)!)
      .sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
  }

  get(id: string): JobView | undefined {
    return this._jobs.get(id);
  }

  /** The newest live values of a job; undefined while offline, and for jobs that have ended. */
  live(id: string): LiveView | undefined {
    return this._live.get(id);
  }

  all(): IterableIterator<JobView> {
    return this._jobs.values();
  }

  /** Takes a message of the server. */
  apply(message: Message, now = Date.now()): void {
    this._heard = now;
    switch (message.type) {
      case 'snapshot':
        this._total = message.total;
        this._applySnapshot(message.jobs, message.seq);
        this._setConnection('online', '');
        break;
      case 'events':
        this._applyEvents(message.events, message.seq);
        this._setConnection('online', '');
        break;
      case 'live':
        this._applyLive(message.jobs);
        break;
      case 'loops':
        message.loops.forEach(loop => this._pulsed.emit(loop));
        break;
      case 'offline':
        this.disconnect(message.message);
        break;
      case 'online':
        this._setConnection('online', '');
        break;
    }
  }

  /**
   * Takes a page of what a snapshot left out, as it stood at event `seq`. Jobs of which a later event has told stay as
   * they are. With the `last` page, what nobody has named since the snapshot is forgotten: it was deleted.
   *
   * Which jobs a page covers cannot be told from ids: those of one millisecond are in no order.
   */
  applyPage(jobs: readonly JobView[], last: boolean, seq: number): void {
    for (const job of jobs) {
      if ((this._told.get(job.id) ?? -1) <= seq) {
        this._set(job);
      }
    }
    if (last) {
      this._forgetUnnamed();
    }
    this._changed.emit(null);
  }

  /** What is known may be out of date from now on. */
  disconnect(trouble: string): void {
    const lively = this._live.size > 0;
    this._live.clear();
    this._setConnection('offline', trouble);
    if (lively) {
      this._changed.emit(null);
    }
  }

  /** Takes what an answer says of one job, unless events have told of something later. */
  put(job: JobView): void {
    const known = this._jobs.get(job.id);
    if (known && isFinal(known.status) && !isFinal(job.status)) {
      return;
    }
    this._set(job);
    this._changed.emit(known ? new Set([job.id]) : null);
  }

  /** Forgets jobs that were deleted. */
  remove(ids: Iterable<string>): void {
    for (const id of ids) {
      this._delete(id);
    }
    this._changed.emit(null);
  }

  private _applySnapshot(jobs: readonly JobView[], seq: number): void {
    const known = this._seq >= 0;
    this._seq = seq;
    this._live.clear();
    this._told.clear();
    this._named.clear();
    const ended = jobs.filter(job => this._unfinished.has(job.id) && isFinal(job.status));
    jobs.forEach(job => this._set(job));
    if (jobs.length === 0) {
      this._forgetUnnamed();
    }
    this._changed.emit(null);
    if (known) {
      ended.forEach(job => this._ended.emit(job));
    }
  }

  private _applyEvents(events: readonly JobEvent[], seq: number): void {
    const changed = new Set<string>();
    const ended: JobView[] = [];
    let structural = false;
    for (const event of events) {
      if (event.seq <= this._seq) {
        continue;
      }
      this._told.set(event.job, event.seq);
      if (event.view === null) {
        this._total -= 1;
        structural = this._delete(event.job) || structural;
        continue;
      }
      this._total += Number(event.kind === 'job.created');
      structural = structural || !this._jobs.has(event.job);
      const before = this._jobs.get(event.job);
      if (isFinal(event.view.status) && !(before && isFinal(before.status))) {
        ended.push(event.view);
      }
      this._set(event.view);
      changed.add(event.job);
    }
    this._seq = Math.max(this._seq, seq);
    if (structural || changed.size > 0) {
      this._changed.emit(structural ? null : changed);
    }
    ended.forEach(job => this._ended.emit(job));
  }

  private _applyLive(jobs: readonly LiveView[]): void {
    const changed = new Set<string>();
    for (const live of jobs) {
      if (this._unfinished.has(live.id)) {
        this._live.set(live.id, live);
        changed.add(live.id);
      }
    }
    if (changed.size > 0) {
      this._changed.emit(changed);
    }
  }

  private _forgetUnnamed(): void {
    for (const id of [...this._jobs.keys()]) {
      if (!this._named.has(id)) {
        this._delete(id);
      }
    }
  }

  private _set(job: JobView): void {
    this._jobs.set(job.id, job);
    this._named.add(job.id);
    if (isFinal(job.status)) {
      this._unfinished.delete(job.id);
      this._live.delete(job.id);
    } else {
      this._unfinished.add(job.id);
    }
  }

  private _delete(id: string): boolean {
    this._unfinished.delete(id);
    this._live.delete(id);
    return this._jobs.delete(id);
  }

  private _setConnection(connection: Connection, trouble: string): void {
    if (connection !== this._connection || trouble !== this._trouble) {
      this._connection = connection;
      this._trouble = trouble;
      this._connectionChanged.emit(connection);
    }
  }

  private readonly _jobs = new Map<string, JobView>();
  private readonly _unfinished = new Set<string>();
  /** The jobs that anything has told of since the snapshot. */
  private readonly _named = new Set<string>();
  /** The last event of each job since the snapshot. */
  private readonly _told = new Map<string, number>();
  private readonly _live = new Map<string, LiveView>();
  private readonly _changed = new Signal<this, Change>(this);
  private readonly _ended = new Signal<this, JobView>(this);
  private readonly _pulsed = new Signal<this, LoopPulse>(this);
  private readonly _connectionChanged = new Signal<this, Connection>(this);
  private _connection: Connection = 'connecting';
  private _trouble = '';
  private _seq = -1;
  private _total = 0;
  private _heard = 0;
}
