/**
 * What every view is: `mount(element, data, options)` draws into an element and returns how to change and end it.
 *
 * Views know nothing of JupyterLab: the same source draws in a cell's output, in the panel and in an anywidget. They own
 * the element's children, use the class prefix `qmv-`, and take their colours from `style/views.css`.
 */

/** Translates: JupyterLab's TranslationBundle is one. `%1`, `%2` stand for the arguments. */
export interface Words {
  __(text: string, ...values: (string | number)[]): string;
}

export interface ViewOptions {
  readonly words?: Words;
}

export interface View<T> {
  update(data: T): void;
  dispose(): void;
}

/** English, as it stands in the source. */
export const ENGLISH: Words = {
  __: (text, ...values) => text.replace(/%(\d)/g, (_, place: string) => String(values[Number(place) - 1]))
};

/** Returns the words that the options name, else English. */
export function wordsOf(options: ViewOptions): Words {
  return options.words ?? ENGLISH;
}

let last = 0;

/** Returns an id that no other element of this page has. */
export function uniqueId(stem: string): string {
  last += 1;
  return `qmv-${stem}-${last}`;
}
