/** A whole stored result: its headline, a view for each circuit, and what it says of itself. */

import type { Bundle, Part } from './bundle';
import { readBundle } from './read';
import { mountGrid } from './grid';
import { mountHistogram } from './histogram';
import { mountLaid } from './laid';
import { html } from './make';
import { mountRows } from './rows';
import { mountScattered } from './scattered';
import { mountState } from './state';
import { mountSweep } from './sweep';
import { mountValues } from './values';
import { wordsOf, type View, type ViewOptions, type Words } from './view';

export interface ResultOptions extends ViewOptions {
  /** Leave out the headline where it stands above already. */
  readonly headless?: boolean;
}

/** Mounts the bundle in `data`; where it is none that can be drawn, a sentence says so. */
export function mountResult(element: HTMLElement, data: unknown, options: ResultOptions = {}): View<unknown> {
  let inner: View<unknown>[] = [];
  const end = (): void => {
    inner.forEach(view => view.dispose());
    inner = [];
  };
  const update = (now: unknown): void => {
    end();
    const bundle = readBundle(now);
    const words = wordsOf(options);
    if (!bundle) {
      element.replaceChildren(
        html(
          'div',
          { class: 'qmv qmv-Note' },
          words.__('This result was stored in a form that this version cannot draw.')
        )
      );
      return;
    }
    inner = draw(element, bundle, options, words);
  };
  update(data);
  return {
    update,
    dispose: () => {
      end();
      element.replaceChildren();
    }
  };
}

function draw(element: HTMLElement, bundle: Bundle, options: ResultOptions, words: Words): View<unknown>[] {
  const many = bundle.parts.length > 1;
  const places = bundle.parts.map(() => html('div'));
  const cells = places.map((place, i) =>
    many ? html('div', {}, html('div', { class: 'qmv-Part-name' }, `[${i}]`), place) : place
  );
  const notes = [
    bundle.more > 0 ? words.__('… and %1 more; result.counts(i) has each', bundle.more) : '',
    ...bundle.notes
  ];
  element.replaceChildren(
    html(
      'div',
      { class: 'qmv qmv-Result' },
      options.headless ? null : html('div', { class: 'qmv-Headline' }, bundle.headline),
      html('div', { class: many ? 'qmv-Parts' : '' }, ...cells),
      ...notes.filter(Boolean).map(note => html('div', { class: 'qmv-Note' }, note))
    )
  );
  return bundle.parts.map((part, i) => mountPart(places[i], part, options));
}

function mountPart(place: HTMLElement, part: Part, options: ViewOptions): View<unknown> {
  switch (part.kind) {
    case 'counts':
      return mountHistogram(place, part.data, options);
    case 'values':
      return mountValues(place, part.data, options);
    case 'sweep':
      return mountSweep(place, part.data, options);
    case 'grid':
      return mountGrid(place, part.data, options);
    case 'table':
      return mountRows(place, part.data, options);
    case 'laid':
      return mountLaid(place, part.data, options);
    case 'scattered':
      return mountScattered(place, part.data, options);
    case 'state':
      return mountState(place, part.data, options);
  }
}
