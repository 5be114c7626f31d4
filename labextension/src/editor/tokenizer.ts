/**
 * OpenQASM 2 and 3 as tokens for CodeMirror, line by line.
 *
 * Colours come from JupyterLab's theme, which knows few tags: types and functions are `standard` names, gates that act
 * on something are `propertyName`, names that are being declared are `definition`s. A leading magic line is read, too,
 * because a cell is coloured as a whole.
 */

import type { StreamParser, StringStream } from '@codemirror/language';
import { flagWords } from './magic';
import { NAME, WORDS, type Version } from './words';

export interface State {
  version: Version;
  /** Where we are: above the body (blank lines, lines of magics), on the magic's own line, in the body. */
  place: 'above' | 'flags' | 'body';
  comment: boolean;
  /** The next name is being declared. */
  declares: boolean;
  /** Open braces, for the indent, and square brackets. */
  braces: number;
  squares: number;
}

const NAMES = new RegExp(`^${NAME}`, 'u');
const NUMBER =
  /^(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*|\d[\d_]*)(?:[eE][+-]?\d+)?)(?:(?:dt|ns|us|µs|ms|s|im)\b)?/;
const OPERATOR = /^(?:->|\*\*=|<<=|>>=|==|!=|<=|>=|&&|\|\||\*\*|\+\+|<<|>>|[-+*/%&|^]=|[-+*/%&|^~!<>=@])/;
const OPERAND = new RegExp(`^\\s*(${NAME}|\\$\\d+)`, 'u');
const DECLARING = new Set(['gate', 'def', 'opaque', 'extern', 'let', 'qreg', 'creg']);
const TAGS = { keyword: 'keyword', type: 'variableName.standard', constant: 'atom', function: 'variableName.standard' };

export const comments = { line: '//', block: { open: '/*', close: '*/' } };

/** Returns the tokenizer for a text of which nothing but the version is known. */
export function tokenizer(version: Version): StreamParser<State> {
  return {
    name: 'openqasm',
    startState: () => ({ version, place: 'above', comment: false, declares: false, braces: 0, squares: 0 }),
    copyState: state => ({ ...state }),
    token,
    indent: (state, textAfter, { unit }) => unit * Math.max(0, state.braces - (/^\s*\}/.test(textAfter) ? 1 : 0)),
    languageData: {
      commentTokens: comments,
      closeBrackets: { brackets: ['(', '[', '{', '"'] },
      indentOnInput: /^\s*\}$/,
      wordChars: '$'
    }
  };
}

function token(stream: StringStream, state: State): string | null {
  if (stream.sol() && state.place !== 'body') {
    state.place = state.place === 'above' && /^(?:%%|\s*$)/.test(stream.string) ? 'above' : 'body';
  }
  if (state.place !== 'body') {
    return headToken(stream, state);
  }
  if (state.comment) {
    state.comment = !stream.match(/^.*?\*\//);
    if (state.comment) {
      stream.skipToEnd();
    }
    return 'comment';
  }
  if (stream.eatSpace()) {
    return null;
  }
  if (stream.match('//')) {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match('/*')) {
    state.comment = !stream.match(/^.*?\*\//);
    if (state.comment) {
      stream.skipToEnd();
    }
    return 'comment';
  }
  if (stream.match(/^(?:"[^"]*"?|'[^']*'?)/)) {
    return 'string';
  }
  if (stream.match(NUMBER)) {
    return 'number';
  }
  if (stream.match(/^#?pragma\b.*/) || (startsLine(stream) && stream.match(/^@[\p{L}_].*/u))) {
    return 'meta';
  }
  if (stream.match(/^\$\d+/)) {
    return 'variableName.special';
  }
  const name = stream.match(NAMES) as RegExpMatchArray | null;
  return name ? nameToken(name[0], stream, state) : signToken(stream, state);
}

/** A name: a word of the language, a name being declared, a gate at work, or any other name. */
function nameToken(name: string, stream: StringStream, state: State): string {
  const word = WORDS[state.version].get(name);
  const rest = stream.string.slice(stream.pos);
  if (name === 'OPENQASM') {
    state.version = /^\s+0*2\b/.test(rest) ? 2 : 3;
  }
  const modifier = name !== 'pow' || /^\s*\([^;]*?\)\s*@/.test(rest);
  if (word && word.kind !== 'gate' && (word.kind !== 'keyword' || modifier)) {
    state.declares ||= word.kind === 'type' || DECLARING.has(name);
    return TAGS[word.kind];
  }
  if (state.declares && !state.squares) {
    state.declares = false;
    return 'variableName.definition';
  }
  if (!modifier) {
    return TAGS.function;
  }
  return name === 'gphase' || isApplied(rest) ? 'propertyName' : 'variableName';
}

/** Tells whether arguments and a first operand follow a name. */
function isApplied(rest: string): boolean {
  let from = /^\s*/.exec(rest)![0].length;
  if (rest[from] === '(') {
    let depth = 0;
    do {
      depth += rest[from] === '(' ? 1 : rest[from] === ')' ? -1 : 0;
      from++;
    } while (depth && from < rest.length);
  } else if (!from) {
    return false;
  }
  const operand = OPERAND.exec(rest.slice(from));
  return operand !== null && operand[1] !== 'in';
}

function signToken(stream: StringStream, state: State): string | null {
  if (stream.match(OPERATOR)) {
    state.declares = false;
    return 'operator';
  }
  const sign = stream.next()!;
  if ('();,{}'.includes(sign)) {
    state.declares &&= sign === ',' && state.squares > 0; // array[int, 2] name
  }
  state.braces = Math.max(0, state.braces + (sign === '{' ? 1 : sign === '}' ? -1 : 0));
  state.squares = sign === ';' ? 0 : Math.max(0, state.squares + (sign === '[' ? 1 : sign === ']' ? -1 : 0));
  return null; // the theme's colour of brackets is hard to read, and registers are full of them
}

/** A piece of a magic's line: its name, a flag, a value. */
function headToken(stream: StringStream, state: State): string | null {
  if (stream.sol() && stream.match(/^%%\S*/)) {
    state.place = /^%%q(?:run|state)$/.test(stream.current()) ? 'flags' : 'above';
    return 'operator'; // of the theme's violets the one that can be read on dark, too
  }
  if (stream.eatSpace()) {
    return null;
  }
  const word = flagWords(stream.string)
    .filter(({ from }) => from <= stream.pos)
    .pop()!;
  if (stream.pos === word.from && stream.match(/^--?[a-zA-Z][^\s=]*/)) {
    return 'attributeName';
  }
  if (stream.eat('=')) {
    return 'operator';
  }
  const value = stream.string.slice(stream.pos, word.from + word.text.length);
  stream.pos += value.length;
  return /^["']/.test(value) ? 'string' : /^[\d.][\w.+-]*$/.test(value) ? 'number' : null;
}

function startsLine(stream: StringStream): boolean {
  return !stream.string.slice(0, stream.start).trim();
}
