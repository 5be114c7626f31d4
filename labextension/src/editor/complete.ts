/** What can be typed at a place of an OpenQASM text. Pure: no editor, no kernel. */

import { declaredAbove, withoutComments, type Role } from './declared';
import { WORDS, type Kind, type Version } from './words';

export interface Offer {
  readonly label: string;
  /** What it is; the completer shows it behind the label. */
  readonly type: Kind | Role | 'file';
  readonly about: string;
}

export interface Offers {
  /** The part of the text that an offer takes the place of. */
  readonly from: number;
  readonly to: number;
  readonly offers: readonly Offer[];
}

const FRAGMENT = /\$?[\p{L}_]?[\p{L}\p{N}_]*$/u;

/** What may come first in a statement, and what may come later, likeliest first. */
const FIRST: readonly Offer['type'][] = ['gate', 'keyword', 'type', 'bits', 'value', 'subroutine'];
const LATER: readonly Offer['type'][] = [
  'parameter',
  'qubits',
  'bits',
  'value',
  'constant',
  'function',
  'subroutine',
  'type'
];
/** Keywords of a text's first lines, of the inside of statements, and of calibrations, which nobody here can run. */
const OPENING = new Set(['OPENQASM', 'include']);
const INSIDE = new Set(['measure', 'in']);
const SELDOM = new Set(['cal', 'defcal', 'defcalgrammar', 'nop']);

/** Returns the offers at `offset`, the likeliest first; none inside comments. */
export function offersAt(text: string, offset: number, version: Version): Offers {
  const before = text.slice(0, offset);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const file = /^\s*include\s*["']([\w.]*)$/.exec(line)?.[1];
  if (file !== undefined) {
    const offer: Offer = {
      label: version === 2 ? 'qelib1.inc' : 'stdgates.inc',
      type: 'file',
      about: 'the standard gates'
    };
    return { from: offset - file.length, to: offset, offers: offer.label.startsWith(file) ? [offer] : [] };
  }
  const fragment = FRAGMENT.exec(before)![0];
  const from = offset - fragment.length;
  const offers = isHidden(before) ? [] : words(text, from, version);
  return { from, to: offset, offers: offers.filter(({ label }) => label.startsWith(fragment)) };
}

/** Tells whether a text ends inside a comment or a string. */
function isHidden(before: string): boolean {
  return withoutComments(before + '\u0001').slice(-1) !== '\u0001';
}

function words(text: string, from: number, version: Version): Offer[] {
  const names = declaredAbove(text, from).map(({ name, role, text: about }): Offer => ({
    label: name,
    type: role,
    about
  }));
  const declared = new Set(names.map(({ label }) => label));
  const known = [...WORDS[version]]
    .filter(([label]) => !declared.has(label) && !SELDOM.has(label))
    .map(([label, { kind, about }]): Offer => ({ label, type: kind, about }));
  const before = withoutComments(text.slice(0, from)).trimEnd();
  const first = /(?:^|[;{}@]|\belse)$/.test(before);
  // Behind ")" a block or an operand follows.
  const order = first ? FIRST : before.endsWith(')') ? [...LATER, ...FIRST] : LATER;
  const fits = ({ label, type }: Offer): boolean =>
    OPENING.has(label) ? /^[^{}]*$/.test(before) && first : order.includes(type) || (INSIDE.has(label) && !first);
  const rank = ({ type }: Offer): number => (order.includes(type) ? order.indexOf(type) : order.length);
  return [...names, ...known].filter(fits).sort((a, b) => rank(a) - rank(b));
}
