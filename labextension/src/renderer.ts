/**
 * Draws jobs and results in a cell's output, with no kernel.
 *
 * A job's output holds its id and last known state: the card asks the server how the job stands now, and stays live. It
 * comes before the widget view, which is for front ends without this extension. A result's output holds the result itself.
 */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { LOOP_MIME, SWEEP_MIME } from './cockpit/read';
import { LoopRenderer, SweepRenderer } from './cockpit/renderer';
import { JobRenderer, ResultRenderer } from './outputs';
import { IQMagic } from './tokens';
import { JOB_MIME, RESULT_MIME } from './views';

/** Ranks of ipywidgets' view and of HTML are 0 and 50. */
const BEFORE_JOBS = -20;
const BEFORE_WIDGETS = -10;
const BEFORE_HTML = 30;

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'qmagic-labextension:renderer',
  description: 'Live cards of jobs, and interactive results, in the outputs of cells.',
  autoStart: true,
  requires: [IRenderMimeRegistry, IQMagic],
  activate: (_app: JupyterFrontEnd, registry: IRenderMimeRegistry, qmagic: IQMagic) => {
    const factory = (mimeType: string, createRenderer: () => IRenderMime.IRenderer): IRenderMime.IRendererFactory => ({
      // safe: texts are shown as texts, whatever a bundle holds, so that an untrusted notebook may be drawn too
      safe: true,
      mimeTypes: [mimeType],
      createRenderer
    });
    registry.addFactory(
      factory(LOOP_MIME, () => new LoopRenderer(qmagic)),
      BEFORE_JOBS
    );
    registry.addFactory(
      factory(SWEEP_MIME, () => new SweepRenderer(qmagic)),
      BEFORE_HTML
    );
    registry.addFactory(
      factory(JOB_MIME, () => new JobRenderer(qmagic)),
      BEFORE_WIDGETS
    );
    registry.addFactory(
      factory(RESULT_MIME, () => new ResultRenderer(qmagic.trans)),
      BEFORE_HTML
    );
  }
};

export default plugin;
