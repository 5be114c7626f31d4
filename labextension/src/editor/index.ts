/** OpenQASM in the editors: colours, files, completion, problems. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { EditorExtensionRegistry, IEditorExtensionRegistry, IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LanguageSupport } from '@codemirror/language';
import { Api } from '../api';
import { Checker } from './checker';
import { diagnosing } from './diagnose';
import { qasmIcon } from './icon';
import { openqasm3, withMagicCells } from './language';
import { OpenQasmCompletion } from './provider';

const MIME = 'text/x-openqasm';

const highlight: JupyterFrontEndPlugin<void> = {
  id: 'qmagic-labextension:highlight',
  description: 'OpenQASM in notebook cells and in files.',
  autoStart: true,
  requires: [IEditorLanguageRegistry],
  activate: (app: JupyterFrontEnd, languages: IEditorLanguageRegistry) => {
    languages.addLanguage({
      name: 'OpenQASM',
      displayName: 'OpenQASM',
      mime: MIME,
      alias: ['qasm', 'qasm2', 'qasm3', 'openqasm2', 'openqasm3'],
      extensions: ['qasm'],
      support: new LanguageSupport(openqasm3)
    });
    app.docRegistry.addFileType({
      name: 'openqasm',
      displayName: 'OpenQASM',
      extensions: ['.qasm'],
      mimeTypes: [MIME],
      contentType: 'file',
      fileFormat: 'text',
      icon: qasmIcon
    });
    // In place and at once, before the first editor asks for it.
    const ipython = languages.findByName('ipython') as {
      support?: LanguageSupport;
      load(): Promise<LanguageSupport>;
    } | null;
    if (ipython?.support) {
      ipython.support = withMagicCells(ipython.support);
    } else if (ipython) {
      const load = ipython.load.bind(ipython);
      ipython.load = async () => withMagicCells(await load());
    }
  }
};

const completion: JupyterFrontEndPlugin<void> = {
  id: 'qmagic-labextension:completion',
  description: "Completion of OpenQASM's gates, names and keywords.",
  autoStart: true,
  requires: [ICompletionProviderManager],
  activate: (_: JupyterFrontEnd, manager: ICompletionProviderManager) => {
    manager.registerProvider(new OpenQasmCompletion(manager));
  }
};

const diagnostics: JupyterFrontEndPlugin<void> = {
  id: 'qmagic-labextension:diagnostics',
  description: 'Underlines what is wrong in OpenQASM while it is typed.',
  autoStart: true,
  requires: [IEditorExtensionRegistry],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, extensions: IEditorExtensionRegistry, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('qmagic');
    const api = new Api(app.serviceManager.serverSettings);
    const checker = new Checker((text, language) => api.diagnose(text, language));
    extensions.addExtension({
      name: 'qmagic:diagnostics',
      default: true,
      factory: () => EditorExtensionRegistry.createConditionalExtension(diagnosing(checker, trans)),
      schema: {
        type: 'boolean',
        title: trans.__('Check OpenQASM'),
        description: trans.__('Underline what is wrong in OpenQASM while it is typed.')
      }
    });
  }
};

export const editorPlugins = [highlight, completion, diagnostics];
