/** Draws hybrid loops, and sweeps of them, in the outputs of cells. */

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import type { JobDetail } from '../protocol';
import type { IQMagic } from '../tokens';
import { HostedCockpit } from './hosted';
import { Follower } from './follow';
import { LOOP_MIME, readMembers, readStored, SWEEP_MIME } from './read';
import { mountLoops } from './sweep';
import { Track } from './track';
import type { View } from '../views';

export class LoopRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly _qmagic: IQMagic) {
    super();
    this.addClass('qm-Output');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const loop = readStored(model.data[LOOP_MIME]);
    this._model = model;
    if (loop?.id && loop.id === this._shown) {
      return Promise.resolve(); // its end has been stored: what a person has zoomed into stays
    }
    this._cockpit?.dispose();
    this._cockpit = null;
    this._shown = loop?.id ?? '';
    if (loop) {
      this._cockpit = new HostedCockpit(this.node, loop, this._qmagic, end => this._freeze(end));
    } else {
      this.node.textContent = this._qmagic.trans.__('This output names no loop.');
    }
    return Promise.resolve();
  }

  override dispose(): void {
    this._cockpit?.dispose();
    super.dispose();
  }

  /** Puts the end into the notebook, with a picture and a table that need neither kernel nor server. */
  private _freeze(end: JobDetail['stored']): void {
    if (LOOP_MIME in end && readStored(this._model?.data[LOOP_MIME])?.state.phase !== 'ended') {
      this._model?.setData({ data: end as IRenderMime.IMimeModel['data'] });
    }
  }

  private _cockpit: HostedCockpit | null = null;
  private _model: IRenderMime.IMimeModel | null = null;
  private _shown = '';
}

/** A sweep: each of its loops is followed. */
export class SweepRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly _qmagic: IQMagic) {
    super();
    this.addClass('qm-Output');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._end();
    const { model: jobs, api, trans } = this._qmagic;
    const tracks = readMembers(model.data[SWEEP_MIME]).map(loop => new Track(loop));
    const view = (this._view = mountLoops(this.node, tracks, { words: trans }));
    this._followers = tracks.filter(track => track.id).map(track => new Follower(track, jobs, api));
    this._followers.forEach(follower => follower.changed.connect(() => view.update()));
    return Promise.resolve();
  }

  override dispose(): void {
    this._end();
    super.dispose();
  }

  private _end(): void {
    this._followers.splice(0).forEach(follower => follower.dispose());
    this._view?.dispose();
    this._view = null;
  }

  private _view: View<void> | null = null;
  private _followers: Follower[] = [];
}
