/**
 * Keeps the model fed: a WebSocket with back-off, and the older jobs in pages after each snapshot.
 *
 * One socket at a time. After a break it asks for what was missed; when the browser is online again or the page is shown
 * again, at once.
 */

import type { IDisposable } from '@lumino/disposable';
import type { Api } from './api';
import type { JobsModel } from './model';
import { decodeMessage, type Message } from './protocol';

/** Jobs per page, and in all. */
const PAGE = 1000;
const MOST = 10_000;

const FIRST_WAIT = 300;
const LONGEST_WAIT = 15_000;

export class Feed implements IDisposable {
  constructor(
    private readonly _model: JobsModel,
    private readonly _api: Api
  ) {
    window.addEventListener('online', this._now);
    document.addEventListener('visibilitychange', this._shown);
    this._connect();
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Tries again at once. */
  reconnect(): void {
    this._wait = FIRST_WAIT;
    this._connect();
  }

  dispose(): void {
    this._disposed = true;
    window.removeEventListener('online', this._now);
    document.removeEventListener('visibilitychange', this._shown);
    clearTimeout(this._timer);
    this._drop();
  }

  private _connect(): void {
    clearTimeout(this._timer);
    this._drop();
    const socket = new this._api.settings.WebSocket(this._api.eventsUrl(this._model.seq));
    this._socket = socket;
    socket.onmessage = event => {
      if (socket === this._socket) {
        this._take(String(event.data));
      }
    };
    socket.onclose = () => {
      if (socket === this._socket) {
        this._socket = null;
        this._model.disconnect('The Jupyter server does not answer.');
        this._later();
      }
    };
  }

  private _take(text: string): void {
    let message: Message;
    try {
      message = decodeMessage(text);
    } catch (error) {
      console.error('qmagic: a message of the server cannot be read.', error);
      return;
    }
    this._wait = FIRST_WAIT;
    this._model.apply(message);
    if (message.type === 'snapshot') {
      const oldest = message.jobs.at(-1);
      if (oldest) {
        void this._older(oldest.id, message.jobs.length, ++this._round);
      }
    }
  }

  /** Loads what is older than a snapshot, page by page, until there is no more or a newer snapshot came. */
  private async _older(before: string, count: number, round: number): Promise<void> {
    for (;;) {
      let page;
      try {
        page = await this._api.jobs({ limit: PAGE, before });
      } catch {
        return; // a new snapshot comes with the next connection
      }
      if (round !== this._round || this._disposed) {
        return;
      }
      count += page.jobs.length;
      const last = page.jobs.length < PAGE || count >= MOST;
      this._model.applyPage(page.jobs, last, page.seq);
      if (last) {
        return;
      }
      before = page.jobs.at(-1)!.id;
    }
  }

  private _later(): void {
    if (this._disposed) {
      return;
    }
    // a little chance, so that many tabs do not come back at the same moment
    this._timer = window.setTimeout(() => this._connect(), this._wait * (0.8 + 0.4 * Math.random()));
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT);
  }

  private _drop(): void {
    const socket = this._socket;
    this._socket = null;
    socket?.close();
  }

  private readonly _now = (): void => {
    if (this._model.connection !== 'online') {
      this.reconnect();
    }
  };

  private readonly _shown = (): void => {
    if (!document.hidden) {
      this._now();
    }
  };

  private _socket: WebSocket | null = null;
  private _timer = 0;
  private _wait = FIRST_WAIT;
  private _round = 0;
  private _disposed = false;
}
