/** What the plugins of this extension give each other. */

import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Actions } from './actions';
import type { Api } from './api';
import type { JobsModel } from './model';
import type { JobsPanel } from './panel';

/** The jobs of this user, and the way to the server. */
export interface IQMagic {
  readonly model: JobsModel;
  readonly api: Api;
  readonly actions: Actions;
  readonly trans: TranslationBundle;
  /** The user's settings; null where the front end has none. */
  readonly settings: ISettingRegistry.ISettings | null;
  /** Tries to reach the server at once. */
  reconnect(): void;
}

export const IQMagic = new Token<IQMagic>(
  'qmagic-labextension:IQMagic',
  'The jobs of this user, and the way to the server.'
);

/** The panels that show jobs: the one in the sidebar, and one in a tab when the user wants it. */
export interface IPanels {
  /** Brings the sidebar's panel to the front. */
  show(): JobsPanel;
  /** Whether this front end has tabs beside its documents. */
  readonly canOpenTab: boolean;
  openTab(): void;
  /** The jobs that are selected in the panel that was used last. */
  meant(): string[];
  readonly meantChanged: ISignal<IPanels, void>;
  /** Whether a job's row is on screen. */
  shows(id: string): boolean;
}

export const IPanels = new Token<IPanels>('qmagic-labextension:IPanels', 'The panels that show quantum jobs.');
