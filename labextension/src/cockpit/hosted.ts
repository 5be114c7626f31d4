/** A cockpit on a Jupyter page: it follows its loop and those laid over it, and sends orders to the server. */

import type { IDisposable } from '@lumino/disposable';
import type { JobView } from '../protocol';
import type { IQMagic } from '../tokens';
import type { View } from '../views';
import { Follower } from './follow';
import { unread, type LoopData } from './read';
import { Track } from './track';
import { mountCockpit, type CockpitData } from './view';

/** How many other loops are offered for comparison. */
const MOST_OTHERS = 12;

export class HostedCockpit implements IDisposable {
  constructor(
    element: HTMLElement,
    loop: LoopData,
    private readonly _qmagic: IQMagic
  ) {
    const { api, model, trans } = _qmagic;
    this._own = this._follow(new Track(loop));
    this._view = mountCockpit(element, this._data(), {
      words: trans,
      order: async (kind, settings) => api.order(loop.id, kind, settings),
      fork: async (iteration, settings) => {
        const job = await api.fork(loop.id, iteration, settings);
        model.put(job);
        this._overlay(job.id, true);
      },
      overlay: (id, on) => this._overlay(id, on),
      watchPoints: on => this._own.watchPoints(on)
    });
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this._own.dispose();
      this._others.forEach(other => other.dispose());
      this._view.dispose();
    }
  }

  private _overlay(id: string, on: boolean): void {
    if (on && !this._others.has(id)) {
      const name = this._qmagic.model.get(id)?.name ?? '';
      this._others.set(id, this._follow(new Track(unread(id, name))));
    } else if (!on) {
      this._others.get(id)?.dispose();
      this._others.delete(id);
    }
    this._view.update(this._data());
  }

  private _follow(track: Track): Follower {
    const follower = new Follower(track, this._qmagic.model, this._qmagic.api);
    follower.changed.connect(() => {
      if (this._view && !this._disposed) {
        this._view.update(this._data());
      }
    });
    return follower;
  }

  private _data(): CockpitData {
    const { model } = this._qmagic;
    const { track, gone, heard } = this._own;
    const connection =
      gone || !track.id ? 'stored' : model.connection === 'online' && !heard ? 'connecting' : model.connection;
    return {
      tracks: [track, ...[...this._others.values()].map(other => other.track)],
      connection,
      trouble: gone || model.trouble,
      others: this._loops().map(job => [job.id, job.name ? `${job.name} (${job.id.slice(-4)})` : job.id] as const)
    };
  }

  /** Returns other loops, the newest first, and all that are laid over this one. */
  private _loops(): JobView[] {
    const found = [...this._qmagic.model.all()].filter(job => job.kind === 'loop' && job.id !== this._own.track.id);
    found.sort((a, b) => b.created - a.created);
    return found.filter((job, i) => i < MOST_OTHERS || this._others.has(job.id));
  }

  private readonly _others = new Map<string, Follower>();
  private readonly _own: Follower;
  private readonly _view: View<CockpitData>;
  private _disposed = false;
}
