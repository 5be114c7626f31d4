/** Makes the panels: one in the left sidebar from the start, one in a tab when it is asked for. */

import type { ILabShell, ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { Signal } from '@lumino/signaling';
import { ACTION_COMMANDS } from './commands';
import { JobsPanel, type PanelDoor } from './panel';
import type { IPanels, IQMagic } from './tokens';

/** Whether these can be used decides what our own buttons say. */
const WATCHED = new Set(['qmagic:go-to-cell', 'notebook:insert-cell-below']);

export class Panels implements IPanels {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _qmagic: IQMagic,
    private readonly _labShell: ILabShell | null,
    restorer: ILayoutRestorer | null
  ) {
    this._side = this._make('qmagic-jobs');
    _app.shell.add(this._side, 'left', { rank: 600, type: 'Quantum jobs' });
    restorer?.add(this._side, this._side.id);
    this._last = this._side;
    _app.shell.currentChanged?.connect(this._lookLater, this);
    _app.commands.commandChanged.connect((_, change) => {
      if (change.id && WATCHED.has(change.id)) {
        this._lookLater();
      }
    });
  }

  get meantChanged(): Signal<this, void> {
    return this._meantChanged;
  }

  show(): JobsPanel {
    this._app.shell.activateById(this._side.id);
    if (!this._side.isVisible) {
      // Notebook 7 has its sidebar folded away
      void this._app.commands.execute('application:toggle-left-area').catch(() => undefined);
      this._app.shell.activateById(this._side.id);
    }
    return (this._last = this._side);
  }

  get canOpenTab(): boolean {
    return this._labShell !== null;
  }

  openTab(): void {
    if (!this._tab || this._tab.isDisposed) {
      const content = this._make('qmagic-jobs-table');
      content.title.label = this._qmagic.trans.__('Quantum jobs');
      this._tab = new MainAreaWidget({ content });
      this._tab.id = 'qmagic-jobs-tab';
      this._tab.title.closable = true;
      this._tab.toolbar.hide();
      this._tab.disposed.connect(() => (this._last = this._side));
      this._app.shell.add(this._tab, 'main');
      this._last = content;
    }
    this._app.shell.activateById(this._tab.id);
  }

  meant(): string[] {
    return this._last.isDisposed ? [] : this._last.meant;
  }

  shows(id: string): boolean {
    const tab = this._tab?.isDisposed ? null : this._tab;
    return this._side.table.shows(id) || (tab?.content.table.shows(id) ?? false);
  }

  private _make(id: string): JobsPanel {
    const { commands } = this._app;
    const door: PanelDoor = {
      run: (action, ids) => void commands.execute(ACTION_COMMANDS[action], { ids: [...ids] }),
      reconnect: () => this._qmagic.reconnect(),
      openTutorial: () => void commands.execute('qmagic:open-tutorial')
    };
    const panel = new JobsPanel(this._qmagic, this._qmagic.actions, door);
    panel.id = id;
    panel.selection.changed.connect(() => {
      this._last = panel;
      this._meantChanged.emit();
    });
    return panel;
  }

  /** What can be done may have changed: another notebook is in front, a notebook turned out to be gone. */
  private _lookLater(): void {
    this._timer ||= window.setTimeout(() => {
      this._timer = 0;
      this._side.refresh();
      if (this._tab && !this._tab.isDisposed) {
        this._tab.content.refresh();
      }
    }, 100);
  }

  private _timer = 0;
  private readonly _meantChanged = new Signal<this, void>(this);
  private readonly _side: JobsPanel;
  private _tab: MainAreaWidget<JobsPanel> | null = null;
  private _last: JobsPanel;
}
