/** Every action as a command: for the palette, for shortcuts, for other extensions. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification, type ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ActionName, Actions } from './actions';
import { tutorialIcon } from './icons';
import type { IPanels, IQMagic } from './tokens';
import { openTutorial } from './tutorial';

/** The commands that act on jobs. */
export const ACTION_COMMANDS: Record<ActionName, string> = {
  cancel: 'qmagic:cancel',
  rerun: 'qmagic:rerun',
  delete: 'qmagic:delete',
  copyId: 'qmagic:copy-id',
  insertCode: 'qmagic:insert-code',
  goToCell: 'qmagic:go-to-cell'
};

const IDS = {
  args: {
    type: 'object',
    properties: {
      ids: {
        type: 'array',
        items: { type: 'string' },
        description: 'Ids of jobs; without them, the jobs that are selected in the panel.'
      }
    }
  }
} as const;

const ID = {
  args: { type: 'object', properties: { id: { type: 'string', description: 'The id of a job.' } } }
} as const;

const NOTHING = { args: { type: 'object', properties: {} } } as const;

/** Adds all commands; palette and launcher are there or not. */
export function addCommands(
  app: JupyterFrontEnd,
  qmagic: IQMagic,
  panels: IPanels,
  palette: ICommandPalette | null,
  launcher: ILauncher | null
): void {
  const { trans, model, actions } = qmagic;
  const { commands } = app;
  const category = trans.__('Quantum Jobs');
  const meant = (args: ReadonlyPartialJSONObject): string[] =>
    Array.isArray(args.ids) ? args.ids.filter(id => typeof id === 'string') : panels.meant();

  const add = (id: string, options: CommandRegistry.ICommandOptions): void => {
    commands.addCommand(id, options);
    palette?.addItem({ command: id, category });
  };
  const addAction = (
    name: ActionName,
    label: string,
    caption: string,
    execute: (ids: string[], actions: Actions) => unknown
  ): void => {
    add(ACTION_COMMANDS[name], {
      label,
      caption: args => actions.trouble(name, meant(args)) || caption,
      isEnabled: args => actions.trouble(name, meant(args)) === '',
      describedBy: IDS,
      execute: args => {
        const ids = meant(args);
        const trouble = actions.trouble(name, ids);
        if (trouble) {
          Notification.warning(trouble, { autoClose: 4000 });
          return;
        }
        return execute(ids, actions);
      }
    });
  };

  add('qmagic:show-jobs', {
    label: trans.__('Show Quantum Jobs'),
    caption: trans.__('Show the panel with all jobs of all notebooks'),
    describedBy: NOTHING,
    execute: () => void panels.show()
  });
  add('qmagic:open-jobs', {
    label: trans.__('Open Quantum Jobs in a Tab'),
    caption: trans.__('Show all jobs as a wide table'),
    describedBy: NOTHING,
    isVisible: () => panels.canOpenTab,
    isEnabled: () => panels.canOpenTab,
    execute: () => panels.openTab()
  });
  add('qmagic:search-jobs', {
    label: trans.__('Search Quantum Jobs'),
    describedBy: NOTHING,
    execute: () => panels.show().filter.focusSearch()
  });
  add('qmagic:show-unfinished', {
    label: trans.__('Show Running and Queued Quantum Jobs'),
    describedBy: NOTHING,
    execute: () => panels.show().filter.showStatus('unfinished')
  });
  add('qmagic:show-all', {
    label: trans.__('Show All Quantum Jobs'),
    caption: trans.__('Clear search and filters of the jobs panel'),
    describedBy: NOTHING,
    execute: () => panels.show().filter.clear()
  });
  add('qmagic:show-job', {
    label: trans.__('Show Details of a Quantum Job'),
    describedBy: ID,
    isEnabled: args => typeof args.id === 'string' || panels.meant().length > 0,
    execute: args => panels.show().reveal(typeof args.id === 'string' ? args.id : panels.meant()[0])
  });
  addAction('cancel', trans.__('Cancel Quantum Jobs'), trans.__('Stop the selected jobs'), (ids, to) => to.cancel(ids));
  addAction(
    'rerun',
    trans.__('Run Quantum Jobs Again'),
    trans.__('Start the selected jobs once more'),
    async (ids, to) => {
      const made = await to.rerun(ids);
      return made.map(job => job.id);
    }
  );
  addAction(
    'delete',
    trans.__('Delete Quantum Jobs'),
    trans.__('Delete the selected jobs and their results'),
    (ids, to) => to.delete(ids)
  );
  addAction('copyId', trans.__('Copy Ids of Quantum Jobs'), trans.__('Copy the ids of the selected jobs'), (ids, to) =>
    to.copyId(ids)
  );
  addAction(
    'insertCode',
    trans.__('Insert Code That Fetches the Results of Quantum Jobs'),
    trans.__('Add a cell to the current notebook that fetches the results'),
    (ids, to) => to.insertCode(ids)
  );
  addAction(
    'goToCell',
    trans.__('Go to the Cell of a Quantum Job'),
    trans.__('Show the cell that started the job'),
    (ids, to) => to.goToCell(ids[0])
  );
  add('qmagic:cancel-all', {
    label: trans.__('Cancel All Quantum Jobs…'),
    describedBy: NOTHING,
    isEnabled: () => model.connection === 'online' && model.unfinished.length > 0,
    execute: () => actions.cancelAll()
  });
  add('qmagic:reconnect', {
    label: trans.__('Connect to the Quantum Job Service'),
    describedBy: NOTHING,
    isEnabled: () => model.connection !== 'online',
    execute: () => qmagic.reconnect()
  });
  add('qmagic:open-tutorial', {
    label: args => (args.isLauncher ? trans.__('Quantum Tutorial') : trans.__('Open the First Quantum Tutorial')),
    caption: trans.__('Run a first circuit with qmagic'),
    icon: args => (args.isLauncher ? tutorialIcon : undefined),
    describedBy: { args: { type: 'object', properties: { isLauncher: { type: 'boolean' } } } },
    execute: async () => {
      try {
        await openTutorial(app);
      } catch (error) {
        Notification.error(error instanceof Error ? error.message : String(error));
      }
    }
  });
  launcher?.add({ command: 'qmagic:open-tutorial', category: trans.__('Other'), args: { isLauncher: true } });

  const look = () => Object.values(ACTION_COMMANDS).forEach(id => commands.notifyCommandChanged(id));
  panels.meantChanged.connect(look);
  model.connectionChanged.connect(() => {
    look();
    commands.notifyCommandChanged('qmagic:cancel-all');
    commands.notifyCommandChanged('qmagic:reconnect');
  });
}
