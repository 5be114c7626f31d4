/**
 * Which language a cell's body is in, told by looking at it: the same rules as `qmagic/cells/languages.py`, so that the
 * colours say what will run. Both are tested on the same texts.
 *
 * More generous only where nothing can run yet: a body that begins with a half-typed header, or has nothing but
 * OpenQASM's comments.
 */

export type Language = 'python' | 'openqasm2' | 'openqasm3';

const SKIP = /\s+|\/\/[^\n]*|\/\*[^]*?\*\/|[@#][^\n]*/y;
const HEADER = /OPENQASM\s+0*(\d*)/y;
const HALF_HEADER = /OPENQASM\b/y;
const INCLUDE = /include\s*["']/y;
const DECLARATION = new RegExp(
  [
    '(?:qreg|creg|opaque)\\s+W',
    'qubit\\s*\\[',
    'qubit\\s+W',
    'bit\\s*\\[',
    'bit\\s+W+\\s*[;=]',
    'gate\\s+W+[^:;=]*\\{',
    '(?:input|output|const)\\s+W',
    '(?:int|uint|float|angle|bool|duration)\\s*(?:\\[\\s*W+\\s*\\]\\s*|\\s)W+\\s*[;=]',
    'let\\s+W+\\s*=',
    '(?:inv|ctrl|negctrl|pow)\\s*(?:\\([^()]*\\)\\s*)?@',
    'box\\s*[\\[{]',
    'def\\s+W+[^:;]*\\{'
  ]
    .join('|')
    .replaceAll('W', '[\\p{L}\\p{N}_]'),
  'yu'
);
const GATE = new RegExp(
  '(W+)\\s*(?:\\([^;{}]*?\\))?\\s+\\$?W+\\s*(?:\\[[^\\]]*\\])?\\s*(?:,[^;{}]*)?;'.replaceAll('W', '[\\p{L}\\p{N}_]'),
  'yu'
);
const OF_VERSION_3 = /\b(?:qubit|bit|let|input|output|const|ctrl|negctrl|for|while)\b|stdgates\.inc|=\s*measure\b|@/g;
const PYTHON = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' ')
);

/** Returns the language of a body; `lang` is what `--lang` says, '' or 'auto' where it says nothing. */
export function detect(text: string, lang = ''): Language {
  if (lang === 'python' || lang === 'openqasm2' || lang === 'openqasm3') {
    return lang;
  }
  const start = firstStatement(text);
  const header = at(HEADER, text, start);
  if (header || at(HALF_HEADER, text, start)) {
    return header?.[1] === '2' ? 'openqasm2' : 'openqasm3';
  }
  if (!isOpenQasm(text, start)) {
    return 'python';
  }
  OF_VERSION_3.lastIndex = start;
  const version2 = text.includes('qreg') || text.includes('creg') || text.includes('qelib1.inc');
  return version2 && !OF_VERSION_3.test(text) ? 'openqasm2' : 'openqasm3';
}

/** Where comments, annotations and pragmas end. */
function firstStatement(text: string): number {
  let start = text.startsWith('\ufeff') ? 1 : 0;
  for (;;) {
    const skipped = at(SKIP, text, start);
    if (!skipped) {
      return start;
    }
    start += skipped[0].length;
  }
}

function isOpenQasm(text: string, start: number): boolean {
  if (start >= text.length || text.startsWith('/*', start)) {
    return /^\s*\/[/*]/.test(text);
  }
  if (at(INCLUDE, text, start) || at(DECLARATION, text, start)) {
    return true;
  }
  const gate = at(GATE, text, start);
  return gate !== null && !PYTHON.has(gate[1]);
}

function at(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start;
  return pattern.exec(text);
}
