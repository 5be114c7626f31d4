/** The parts of a job's details that the views draw: result and circuit. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Api } from './api';
import { element } from './dom';
import type { JobDetail } from './protocol';
import { mountCircuit, mountResult, type View } from './views';

/** A part of the details; `dispose` is called when it goes away. */
export interface Section {
  readonly node: HTMLElement;
  readonly dispose?: () => void;
}

/** Returns the result as the cell shows it. */
export function resultSection(detail: JobDetail, trans: TranslationBundle): Section {
  const node = element('div', 'qm-View');
  const view = mountResult(node, detail.result, { words: trans, headless: true });
  return { node, dispose: () => view.dispose() };
}

/** Returns the circuits, each asked for when it comes into view; as they were given, or as they ran. */
export function circuitSection(detail: JobDetail, api: Api, trans: TranslationBundle): Section {
  const { job, spec, transpiled } = detail;
  const circuits = typeof spec.circuits === 'number' ? spec.circuits : 1;
  const place = element('div', 'qm-View', [element('p', 'qm-Note', [trans.__('Reading the circuit…')])], {
    'aria-busy': 'true'
  });
  const node = element('div');
  let view: View<unknown> | null = null;
  let asked = 0;
  let [circuit, asItRan] = [0, false];
  const ask = async (): Promise<void> => {
    const round = ++asked;
    place.setAttribute('aria-busy', 'true');
    try {
      const drawing = await api.draw({ job: job.id, circuit, transpiled: asItRan });
      if (round !== asked) {
        return;
      }
      if (view) {
        view.update(drawing);
      } else {
        view = mountCircuit(place, drawing, { words: trans });
      }
    } catch (error) {
      if (round === asked) {
        view?.dispose();
        view = null;
        place.replaceChildren(element('p', 'qm-Note', [error instanceof Error ? error.message : String(error)]));
      }
    }
    place.removeAttribute('aria-busy');
  };
  const choose = (label: string, options: readonly string[], onChange: (index: number) => void): HTMLSelectElement => {
    const select = element(
      'select',
      'qm-Select',
      options.map((option, index) => element('option', '', [option], { value: String(index) })),
      { 'aria-label': label }
    );
    select.addEventListener('change', () => {
      onChange(select.selectedIndex);
      void ask();
    });
    return select;
  };
  const tools = element('div', 'qm-Tools');
  if (circuits > 1) {
    const names = Array.from({ length: circuits }, (_, index) => trans.__('Circuit %1 of %2', index + 1, circuits));
    tools.append(choose(trans.__('Which circuit'), names, index => (circuit = index)));
  }
  if (transpiled.length > 0) {
    const forms = [trans.__('As written'), trans.__('As it ran')];
    tools.append(choose(trans.__('Which form'), forms, index => (asItRan = index === 1)));
  }
  node.append(...(tools.childElementCount ? [tools] : []), place);
  if (typeof spec.source === 'string' && spec.source) {
    const source = element('pre', 'qm-Source', [spec.source.trim()], { tabindex: '0' });
    node.append(element('details', 'qm-SourceSection', [element('summary', '', [trans.__('Source')]), source]));
  }
  const seen = new IntersectionObserver(entries => {
    if (entries.some(entry => entry.isIntersecting)) {
      seen.disconnect();
      void ask();
    }
  });
  seen.observe(place);
  return {
    node,
    dispose: () => {
      asked += 1;
      seen.disconnect();
      view?.dispose();
    }
  };
}
