/**
 * qmagic in JupyterLab and Notebook 7: small plugins that can be switched off one by one.
 *
 * Only what every Jupyter front end has is required; a shell, a status bar, a launcher, running sessions and the layout's
 * memory are used where they are.
 */

import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Actions } from './actions';
import { Api } from './api';
import { cellIsSeen } from './cells';
import { addCommands } from './commands';
import { editorPlugins } from './editor';
import { Feed } from './feed';
import { JobsModel } from './model';
import { Notifier } from './notify';
import { Panels } from './panels';
import rendererPlugin from './renderer';
import { runningJobs } from './running';
import { StatusItem } from './status';
import { IPanels, IQMagic } from './tokens';

const jobs: JupyterFrontEndPlugin<IQMagic> = {
  id: 'qmagic-labextension:plugin',
  description: 'The jobs of this user, kept up to date.',
  autoStart: true,
  provides: IQMagic,
  optional: [ITranslator, ISettingRegistry],
  activate: async (app: JupyterFrontEnd, translator: ITranslator | null, registry: ISettingRegistry | null) => {
    const model = new JobsModel();
    const api = new Api(app.serviceManager.serverSettings);
    const feed = new Feed(model, api);
    const trans = (translator ?? nullTranslator).load('qmagic');
    const settings = (await registry?.load(jobs.id).catch(() => null)) ?? null;
    const base = { model, api, trans, settings, reconnect: () => feed.reconnect() };
    return { ...base, actions: new Actions(app, base) };
  }
};

const panel: JupyterFrontEndPlugin<IPanels> = {
  id: 'qmagic-labextension:panel',
  description: 'The jobs panel.',
  autoStart: true,
  provides: IPanels,
  requires: [IQMagic],
  optional: [ILabShell, ILayoutRestorer],
  activate: (app: JupyterFrontEnd, qmagic: IQMagic, labShell: ILabShell | null, restorer: ILayoutRestorer | null) =>
    new Panels(app, qmagic, labShell, restorer)
};

const commands: JupyterFrontEndPlugin<void> = {
  id: 'qmagic-labextension:commands',
  description: 'Every action on jobs as a command.',
  autoStart: true,
  requires: [IQMagic, IPanels],
  optional: [ICommandPalette, ILauncher],
  activate: addCommands
};

const status: JupyterFrontEndPlugin<void> = {
  id: 'qmagic-labextension:status',
  description: 'How many jobs run and wait, in the status bar.',
  autoStart: true,
  requires: [IQMagic],
  optional: [IStatusBar],
  activate: (app: JupyterFrontEnd, qmagic: IQMagic, bar: IStatusBar | null) => {
    const item = bar && new StatusItem(qmagic, () => void app.commands.execute('qmagic:show-jobs'));
    if (item) {
      bar.registerStatusItem(status.id, { item, align: 'left', rank: 50 });
      follow(qmagic, () => item.setHidden(qmagic.settings?.get('showStatusItem').composite === false));
    }
  }
};

const notify: JupyterFrontEndPlugin<void> = {
  id: 'qmagic-labextension:notify',
  description: 'Tells of jobs that ended while nobody looked.',
  autoStart: true,
  requires: [IQMagic],
  optional: [IPanels, IStateDB],
  activate: (app: JupyterFrontEnd, qmagic: IQMagic, panels: IPanels | null, state: IStateDB | null) => {
    new Notifier({
      qmagic,
      state,
      watched: job => !document.hidden && ((panels?.shows(job.id) ?? false) || cellIsSeen(app, job)),
      wanted: () => qmagic.settings?.get('notify').composite !== false,
      open: id => void app.commands.execute(id ? 'qmagic:show-job' : 'qmagic:show-jobs', id ? { id } : {})
    });
  }
};

const running: JupyterFrontEndPlugin<void> = {
  id: 'qmagic-labextension:running',
  description: 'Quantum jobs among the running sessions.',
  autoStart: true,
  requires: [IQMagic],
  optional: [IRunningSessionManagers],
  activate: (app: JupyterFrontEnd, qmagic: IQMagic, managers: IRunningSessionManagers | null) => {
    managers?.add(runningJobs(qmagic, qmagic.actions, id => void app.commands.execute('qmagic:show-job', { id })));
  }
};

/** Calls `apply` now and whenever the settings change. */
function follow(qmagic: IQMagic, apply: () => void): void {
  qmagic.settings?.changed.connect(apply);
  apply();
}

export default [jobs, panel, commands, status, notify, running, ...editorPlugins, rendererPlugin];
