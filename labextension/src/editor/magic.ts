/** What a cell of the magic consists of: its own line with flags, and a body in some language. */

import { detect, type Language } from './detect';

export interface MagicCell {
  /** Where the head ends: the magic's line, and what may stand above it. */
  readonly headTo: number;
  /** Where the body starts: on the next line. */
  readonly bodyFrom: number;
  readonly language: Language;
}

/** A word of the magic's line: blanks inside quotes and brackets do not end it. */
export interface FlagWord {
  readonly text: string;
  readonly from: number;
}

// Blank lines, and magics that run their body as a cell, may stand above; IPython then runs ours, too.
const HEAD = /(?:[ \t]*\n|%%(?:capture|prun|time|timeit)\b[^\n]*\n)*%%q(?:run|state)(?![^\s])([^\n]*)/y;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Returns the parts of a cell; null where it is no `%%qrun` cell. */
export function readCell(text: string): MagicCell | null {
  const head = /%%q(?:run|state)\b/.test(text) ? matchHead(text) : null;
  if (!head) {
    return null;
  }
  const headTo = head[0].length;
  const bodyFrom = Math.min(headTo + 1, text.length);
  return { headTo, bodyFrom, language: detect(text.slice(bodyFrom), flagValue(head[1], '--lang')) };
}

function matchHead(text: string): RegExpExecArray | null {
  HEAD.lastIndex = 0;
  return HEAD.exec(text);
}

/** Returns what a flag is given, without quotes; '' where it is not there. The last one counts, as in a run. */
export function flagValue(line: string, flag: string): string {
  const words = flagWords(line);
  let value = '';
  words.forEach(({ text }, i) => {
    if (text === flag) {
      value = words[i + 1]?.text ?? '';
    } else if (text.startsWith(flag + '=')) {
      value = text.slice(flag.length + 1);
    }
  });
  return value.replace(/^(["'])(.*)\1$/, '$2');
}

/** Returns the words of a line; a quote or bracket that is still open holds to the end. */
export function flagWords(line: string): FlagWord[] {
  const words: FlagWord[] = [];
  const open: string[] = [];
  let quote = '';
  let from = -1;
  for (let i = 0; i <= line.length; i++) {
    const letter = line[i] ?? '\n';
    if (i === line.length || (/\s/.test(letter) && !quote && !open.length)) {
      if (from >= 0) {
        words.push({ text: line.slice(from, i), from });
      }
      from = -1;
      continue;
    }
    from = from < 0 ? i : from;
    if (quote) {
      quote = letter === quote ? '' : quote;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
    } else if (letter in CLOSING) {
      open.push(CLOSING[letter]);
    } else if (letter === open[open.length - 1]) {
      open.pop();
    }
  }
  return words;
}
