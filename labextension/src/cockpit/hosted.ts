/** A cockpit on a Jupyter page: it follows its loop and those laid over it, and sends orders to the server. */

import type { IDisposable } from '@lumino/disposable';
import type { JobDetail, JobView } from '../protocol';
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
    private readonly _qmagic: IQMagic,
    private readonly _keep: (end: JobDetail['stored']) => void = () => undefined
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
      watchPoints: on => this._watchPoints(on),
      landscape: async iteration => {
        const job = await api.landscape(loop.id, iteration);
        model.put(job);
        this._lookAround(job.id);
      },
      endLandscape: async () => {
        (await api.cancel([this._around?.track.id ?? ''])).forEach(job => model.put(job));
      }
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
      this._around?.dispose();
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

  /** The parameters are looked at, and with them the newest landscape that there is. */
  private _watchPoints(on: boolean): void {
    this._own.watchPoints(on);
    if (on && !this._around) {
      const found = [...this._qmagic.model.all()].filter(
        job => job.kind === 'loop' && job.parent === this._own.track.id
      );
      if (found.length) {
        this._lookAround(found.reduce((one, other) => (other.created > one.created ? other : one)).id);
      }
    }
  }

  private _lookAround(id: string): void {
    this._around?.dispose();
    this._around = this._follow(new Track(unread(id, '')));
    this._around.watchPoints(true);
    this._view.update(this._data());
  }

  private _follow(track: Track): Follower {
    const follower = new Follower(track, this._qmagic.model, this._qmagic.api);
    follower.changed.connect(() => {
      if (this._view && !this._disposed) {
        this._view.update(this._data());
        this._freeze();
      }
    });
    return follower;
  }

  /** Hands on what came at the end, once. */
  private _freeze(): void {
    if (this._own.end && !this._frozen) {
      this._frozen = true;
      this._keep(this._own.end);
    }
  }

  private _data(): CockpitData {
    const { model } = this._qmagic;
    const { track, gone, heard } = this._own;
    const connection =
      gone || !track.id ? 'stored' : model.connection === 'online' && !heard ? 'connecting' : model.connection;
    return {
      tracks: [track, ...[...this._others.values()].map(other => other.track)],
      landscape: this._around?.track,
      connection,
      trouble: gone || model.trouble,
      others: this._loops().map(job => [job.id, job.name ? `${job.name} (${job.id.slice(-4)})` : job.id] as const)
    };
  }

  /** Returns other loops, those of the same sweep first, then the newest, and all that are laid over this one. */
  private _loops(): JobView[] {
    const { model } = this._qmagic;
    const own = this._own.track.id;
    const parent = model.get(own)?.parent ?? '';
    const landscape = (job: JobView): boolean => job.parent === own || model.get(job.parent)?.kind === 'loop';
    const found = [...model.all()].filter(job => job.kind === 'loop' && job.id !== own && !landscape(job));
    const near = (job: JobView): number => Number(job.parent === parent);
    found.sort((a, b) => near(b) - near(a) || b.created - a.created);
    return found.filter((job, i) => i < MOST_OTHERS || this._others.has(job.id));
  }

  private readonly _others = new Map<string, Follower>();
  private readonly _own: Follower;
  private _around: Follower | null = null;
  private readonly _view: View<CockpitData>;
  private _frozen = false;
  private _disposed = false;
}
