import { describe, expect, it } from 'vitest';
import { ApiError, type Diagnostic } from '../../src/api';
import { Checker } from '../../src/editor/checker';

const WRONG: Diagnostic = { line: 1, column: 1, end_column: 2, message: 'wrong' };

/** A server whose answers come when the test says so. */
function server() {
  const asked: string[] = [];
  const waiting: { give: (found: Diagnostic[]) => void; fail: (error: Error) => void }[] = [];
  const ask = (text: string) => {
    asked.push(text);
    return new Promise<Diagnostic[]>((give, fail) => waiting.push({ give, fail }));
  };
  return { asked, waiting, checker: new Checker(ask) };
}

const settled = () => new Promise(resolve => setTimeout(resolve));

describe('the checker', () => {
  it('asks one thing at a time, and none twice', async () => {
    const { asked, waiting, checker } = server();
    const answers = ['a', 'b', 'a'].map(text => checker.check(text, 'openqasm3'));
    await settled();
    expect(asked).toEqual(['a']);
    waiting[0].give([WRONG]);
    await settled();
    expect(asked).toEqual(['a', 'b']);
    waiting[1].give([]);
    expect(await Promise.all(answers)).toEqual([[WRONG], [], [WRONG]]);
    expect(await checker.check('b', 'openqasm3')).toEqual([]);
    expect(asked).toEqual(['a', 'b']);
  });

  it('takes another language for another question', async () => {
    const { asked, waiting, checker } = server();
    void checker.check('a', 'openqasm3');
    void checker.check('a', 'openqasm2');
    await settled();
    waiting[0].give([]);
    await settled();
    expect(asked).toEqual(['a', 'a']);
  });

  it('leaves out what nobody waits for any more', async () => {
    const { asked, waiting, checker } = server();
    void checker.check('a', 'openqasm3');
    const given = checker.check('b', 'openqasm3', () => false);
    await settled();
    waiting[0].give([]);
    expect(await given).toBeNull();
    expect(asked).toEqual(['a']);
  });

  it('knows nothing after a failure, and asks again', async () => {
    const { asked, waiting, checker } = server();
    const given = checker.check('a', 'openqasm3');
    await settled();
    waiting[0].fail(new ApiError('the service does not answer', 503));
    expect(await given).toBeNull();
    void checker.check('a', 'openqasm3');
    await settled();
    expect(asked).toEqual(['a', 'a']);
  });

  it('asks a server without our part once', async () => {
    const { asked, waiting, checker } = server();
    const given = checker.check('a', 'openqasm3');
    await settled();
    waiting[0].fail(new ApiError('The Jupyter server runs without qmagic.', 404));
    expect(await given).toBeNull();
    expect(await checker.check('b', 'openqasm3')).toBeNull();
    expect(asked).toEqual(['a']);
  });
});
