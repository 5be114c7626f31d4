/** The first tutorial: opened where it lies, else copied from the extension's own files into the server's folder. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { exists } from './cells';

const NAME = '01_first_circuit.ipynb';
const PLACES = [NAME, `notebooks/${NAME}`];

/** Opens the tutorial; in a folder that has none, a copy is made at its top. */
export async function openTutorial(app: JupyterFrontEnd): Promise<void> {
  const { contents } = app.serviceManager;
  for (const path of PLACES) {
    if (await exists(app, path)) {
      await app.commands.execute('docmanager:open', { path });
      return;
    }
  }
  const settings = app.serviceManager.serverSettings;
  const url = URLExt.join(PageConfig.getOption('fullLabextensionsUrl'), 'qmagic-labextension', 'static', NAME);
  const response = await ServerConnection.makeRequest(url, {}, settings);
  if (!response.ok) {
    throw new Error(`${NAME} is not part of this installation (${response.status}).`);
  }
  await contents.save(NAME, { type: 'notebook', format: 'json', content: await response.json() });
  await app.commands.execute('docmanager:open', { path: NAME });
}
