/** The two ways in which this extension makes elements. */

type Child = Node | string | null;

/** Returns an element with a class, children and attributes. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  children: readonly Child[] = [],
  attributes: Readonly<Record<string, string>> = {}
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (className) {
    node.className = className;
  }
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  for (const child of children) {
    if (child !== null) {
      node.append(child);
    }
  }
  return node;
}

/** Returns a button that says what it does. */
export function button(label: string, onClick: (event: MouseEvent) => void, className = ''): HTMLButtonElement {
  const node = element('button', `qm-Button ${className}`.trim(), [label], { type: 'button' });
  node.addEventListener('click', onClick);
  return node;
}
