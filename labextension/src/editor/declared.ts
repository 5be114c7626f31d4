/** The names that a program declares above some place, found by looking: the program need not be right. */

import { NAME } from './words';

export type Role = 'qubits' | 'bits' | 'value' | 'gate' | 'subroutine' | 'parameter';

export interface Declared {
  readonly name: string;
  readonly role: Role;
  /** The declaration, on one line. */
  readonly text: string;
}

const HIDDEN = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|"[^"\n]*"?|'[^'\n]*'?/g;
const WIDTH = '(?:\\[[^\\]\\n]*\\])?';
const TYPES = `(?:int|uint|float|angle|bool|complex|duration|stretch)\\s*(?:\\[[^;{}]*?\\])?|array\\s*\\[[^;{}]*?\\]`;
const VALUE = new RegExp(`(?:\\b(?:input|output|const)\\s+)?\\b(?:${TYPES})\\s+(${NAME})(?=\\s*(?:[;=]|in\\b))`, 'gu');
const PATTERNS: readonly (readonly [Role, RegExp])[] = [
  ['qubits', new RegExp(`\\bqubit\\s*${WIDTH}\\s*(${NAME})\\s*(?=;)|\\bqreg\\s+(${NAME})\\s*${WIDTH}`, 'gu')],
  ['qubits', new RegExp(`\\blet\\s+(${NAME})\\s*=[^;]*`, 'gu')],
  [
    'bits',
    new RegExp(
      `\\b(?:(?:input|output|const)\\s+)?bit\\s*${WIDTH}\\s*(${NAME})\\s*(?=[;=])|\\bcreg\\s+(${NAME})\\s*${WIDTH}`,
      'gu'
    )
  ],
  ['value', VALUE],
  ['gate', new RegExp(`\\b(?:gate|opaque)\\s+(${NAME})[^{;]*`, 'gu')],
  ['subroutine', new RegExp(`\\b(?:def|extern)\\s+(${NAME})[^{;]*`, 'gu')]
];
const DEFINITION = new RegExp(`\\b(gate|def)\\s+${NAME}([^{;]*)\\{`, 'gu');
const NAMES = new RegExp(NAME, 'gu');
const TYPE_NAMES = new Set('qubit bit int uint float angle bool complex duration array readonly mutable'.split(' '));

/** Returns what is declared before `offset`: the nearest names first, those of the gate around it before all others. */
export function declaredAbove(text: string, offset: number): Declared[] {
  const above = withoutComments(text.slice(0, offset));
  const places = PATTERNS.flatMap(([role, pattern]) =>
    [...above.matchAll(pattern)].map(found => ({
      at: found.index,
      name: found[1] ?? found[2],
      role,
      text: found[0].trim().replace(/\s+/g, ' ')
    }))
  );
  places.sort((a, b) => b.at - a.at);
  const seen = new Map<string, Declared>();
  for (const one of [...parameters(above), ...places]) {
    if (!seen.has(one.name)) {
      seen.set(one.name, { name: one.name, role: one.role, text: one.text });
    }
  }
  return [...seen.values()];
}

/** Returns the text with blanks in place of comments and strings, so that offsets stay. */
export function withoutComments(text: string): string {
  return text.replace(HIDDEN, hidden => hidden.replace(/[^\n]/g, ' '));
}

/** What the gate or subroutine takes in whose braces the text ends. */
function parameters(text: string): Declared[] {
  const last = [...text.matchAll(DEFINITION)].pop();
  if (!last) {
    return [];
  }
  let depth = 1;
  for (const letter of text.slice(last.index + last[0].length)) {
    depth += letter === '{' ? 1 : letter === '}' ? -1 : 0;
    if (!depth) {
      return [];
    }
  }
  const names = [...last[2].matchAll(NAMES)].map(found => found[0]).filter(name => !TYPE_NAMES.has(name));
  return names.map(name => ({ name, role: 'parameter', text: last[0].slice(0, -1).trim().replace(/\s+/g, ' ') }));
}
