/**
 * From a job to the cell it was typed in: by the cell's id and the notebook's path.
 *
 * A notebook is known by its shape, not by its class, so that this extension needs no part of JupyterLab's notebook
 * package. Whether a closed notebook still exists is asked once in a while, in the background.
 */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JobView } from './protocol';

interface Cell {
  readonly model: { readonly id: string };
  readonly node: HTMLElement;
}

/** What we need of a notebook's panel. */
interface Notebook extends IDocumentWidget {
  readonly content: IDocumentWidget['content'] & {
    readonly widgets: readonly Cell[];
    activeCellIndex: number;
    readonly activeCell: Cell | null;
    mode: 'command' | 'edit';
    scrollToItem?(index: number, align?: 'center' | 'smart'): Promise<void>;
  };
}

const RECHECK = 30_000;
const ABSENT = new Map<string, { readonly absent: boolean; readonly asked: number }>();

/** Why one cannot go to a job's cell; "" when one can, as far as is known. */
export function cellTrouble(app: JupyterFrontEnd, job: JobView, trans: TranslationBundle): string {
  if (!job.notebook_path) {
    return trans.__('This job was not started from a notebook that is known here.');
  }
  if (!job.cell_id) {
    return trans.__('This job does not say which cell it came from.');
  }
  if (job.notebook_path.startsWith('/')) {
    return trans.__('The notebook %1 is outside the folder of this Jupyter server.', job.notebook_path);
  }
  const open = openNotebook(app, job.notebook_path);
  if (open) {
    return place(open, job.cell_id) < 0 ? trans.__('The cell is no longer in %1.', job.notebook_path) : '';
  }
  return isAbsent(app, job.notebook_path) ? trans.__('The notebook %1 is gone.', job.notebook_path) : '';
}

/** Opens the notebook where needed and shows the cell. */
export async function goToCell(app: JupyterFrontEnd, job: JobView, trans: TranslationBundle): Promise<void> {
  let panel = openNotebook(app, job.notebook_path);
  if (panel) {
    app.shell.activateById(panel.id);
  } else {
    panel = ((await app.commands.execute('docmanager:open', { path: job.notebook_path })) ?? null) as Notebook | null;
  }
  if (!panel) {
    return; // Notebook 7 opens a browser tab of its own
  }
  await panel.context.ready;
  await panel.revealed;
  const index = place(panel, job.cell_id);
  if (index < 0) {
    throw new Error(trans.__('It is no longer in %1.', job.notebook_path));
  }
  panel.content.activeCellIndex = index;
  panel.content.mode = 'command';
  await panel.content.scrollToItem?.(index, 'center');
  const cell = panel.content.widgets[index].node;
  cell.classList.remove('qm-Found');
  void cell.offsetWidth; // so that the flash starts again
  cell.classList.add('qm-Found');
}

/** Returns the open notebook of a path. */
export function openNotebook(app: JupyterFrontEnd, path: string): Notebook | null {
  for (const widget of app.shell.widgets('main')) {
    const panel = widget as unknown as Partial<Notebook>;
    if (panel.context?.path === path && Array.isArray(panel.content?.widgets)) {
      return widget as unknown as Notebook;
    }
  }
  return null;
}

/** Returns the path of the notebook that is in front; "" when there is none. */
export function currentNotebook(app: JupyterFrontEnd): string {
  const panel = app.shell.currentWidget as unknown as Partial<Notebook> | null;
  return Array.isArray(panel?.content?.widgets) ? (panel.context?.path ?? '') : '';
}

/** Whether the output of a job's cell is on screen now. */
export function cellIsSeen(app: JupyterFrontEnd, job: JobView): boolean {
  const panel = job.notebook_path ? openNotebook(app, job.notebook_path) : null;
  if (!panel?.isVisible || document.hidden) {
    return false;
  }
  const index = place(panel, job.cell_id);
  if (index < 0) {
    return false;
  }
  const cell = panel.content.widgets[index].node.getBoundingClientRect();
  const page = panel.content.node.getBoundingClientRect();
  return cell.height > 0 && cell.bottom > page.top && cell.top < page.bottom;
}

function place(panel: Notebook, id: string): number {
  return panel.content.widgets.findIndex(cell => cell.model.id === id);
}

function isAbsent(app: JupyterFrontEnd, path: string): boolean {
  const known = ABSENT.get(path);
  if (!known || Date.now() - known.asked > RECHECK) {
    const remember = (absent: boolean) => {
      ABSENT.set(path, { absent, asked: Date.now() });
      if (absent !== known?.absent) {
        app.commands.notifyCommandChanged('qmagic:go-to-cell');
      }
    };
    ABSENT.set(path, { absent: known?.absent ?? false, asked: Date.now() });
    exists(app, path).then(
      found => remember(!found),
      () => remember(false)
    );
  }
  return known?.absent ?? false;
}

/** Looks for a file by listing folders from the top: a folder's list is no error where a missing file would be one. */
export async function exists(app: JupyterFrontEnd, path: string): Promise<boolean> {
  let folder = '';
  for (const name of path.split('/')) {
    const listing = (await app.serviceManager.contents.get(folder)).content as
      readonly { readonly name: string }[] | null;
    if (!listing?.some(entry => entry.name === name)) {
      return false;
    }
    folder = folder ? `${folder}/${name}` : name;
  }
  return true;
}
