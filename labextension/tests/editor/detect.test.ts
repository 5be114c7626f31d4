import { describe, expect, it } from 'vitest';
import { detect } from '../../src/editor/detect';
import { flagValue, flagWords, readCell } from '../../src/editor/magic';
import { WORDS } from '../../src/editor/words';
import { gates, texts } from './examples';

describe('the language of a body', () => {
  it.each(texts.filter(({ language }) => language))('is the one that will run: $kind, $name', ({ text, language }) => {
    expect(detect(text)).toBe(language);
  });

  it('is what the flag says', () => {
    expect(detect('x = 1', 'openqasm2')).toBe('openqasm2');
    expect(detect('OPENQASM 3.0;', 'python')).toBe('python');
    expect(detect('OPENQASM 3.0;', 'auto')).toBe('openqasm3');
    expect(detect('OPENQASM 3.0;', 'klingon')).toBe('openqasm3');
  });

  it('is OpenQASM where somebody has begun to type it', () => {
    for (const text of ['OPENQASM', 'OPENQASM ', 'OPENQASM 3', '// Bell', '/* Bell', '/* Bell */\n', 'OPENQASM 7.0;']) {
      expect(detect(text), text).toBe('openqasm3');
    }
    expect(detect('OPENQASM 2')).toBe('openqasm2');
    expect(detect('# Bell\n')).toBe('python');
  });

  it('is told at once, however long or odd the text is', () => {
    const long = [
      '/*'.repeat(50_000),
      ' '.repeat(200_000) + 'x',
      'gate ' + 'a '.repeat(50_000),
      '(' + 'a,'.repeat(50_000)
    ];
    const start = performance.now();
    long.forEach(text => detect(text));
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('a cell', () => {
  it('is the magic with a body', () => {
    expect(readCell('%%qrun\nqubit q;')).toEqual({ headTo: 6, bodyFrom: 7, language: 'openqasm3' });
    expect(readCell('%%qrun --shots 5\nx = 1')).toEqual({ headTo: 16, bodyFrom: 17, language: 'python' });
    expect(readCell('%%qrun')).toEqual({ headTo: 6, bodyFrom: 6, language: 'python' });
  });

  it('may have blank lines and magics that run cells above it', () => {
    expect(readCell('\n  \n%%qrun\nqubit q;')).toMatchObject({ bodyFrom: 11, language: 'openqasm3' });
    expect(readCell('%%capture out\n%%time\n%%qrun\nqubit q;')).toMatchObject({ language: 'openqasm3' });
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'x = 1',
      '%qrun circuit',
      '# %%qrun\nqubit q;',
      '%%qrunner\nqubit q;',
      '%%bash\n%%qrun\n',
      ' x\n%%qrun'
    ]) {
      expect(readCell(text), text).toBeNull();
    }
  });

  it('has its language from the flag, wherever that stands', () => {
    for (const line of ['--lang python', '--lang=python', "--lang 'python'", '--shots 3 --lang "python" --keep']) {
      expect(readCell(`%%qrun ${line}\nqubit q;`)?.language, line).toBe('python');
    }
    expect(readCell('%%qrun --name "--lang python"\nqubit q;')?.language).toBe('openqasm3');
  });

  it('has flags that blanks in quotes and brackets do not end', () => {
    const line = '--observables "ZZ; XX" --initial-layout [0, 1] --name=\'a b\' --tag "open';
    expect(flagWords(line).map(({ text }) => text)).toEqual([
      '--observables',
      '"ZZ; XX"',
      '--initial-layout',
      '[0, 1]',
      "--name='a b'",
      '--tag',
      '"open'
    ]);
    expect(flagValue(line, '--name')).toBe('a b');
    expect(flagValue(line, '--lang')).toBe('');
  });
});

describe('the words', () => {
  it.each([2, 3] as const)('have every gate of version %i', version => {
    const known = [...WORDS[version]].filter(([, { kind }]) => kind === 'gate').map(([name]) => name);
    expect(known.sort()).toEqual([...gates[version]].sort());
  });
});
