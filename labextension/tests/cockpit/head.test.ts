// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { Head } from '../../src/cockpit/head';
import { LOOP_MIME, readStored, type LoopData } from '../../src/cockpit/read';
import { Track } from '../../src/cockpit/track';
import { ENGLISH } from '../../src/views/view';
import { wire } from '../wire';

const stored = readStored(wire.mime[LOOP_MIME])!;

/** What the head says of a loop, of what can be seen. */
function said(loop: Partial<LoopData>, stale = false): string[] {
  const head = new Head(ENGLISH);
  head.show(new Track({ ...stored, ...loop }), { pending: '', connection: 'offline', trouble: 'Gone.', stale });
  return [...head.node.querySelectorAll('strong, .qmv-Note, .qmv-Card-trouble, pre')]
    .filter(one => !one.closest('[hidden]'))
    .map(one => one.textContent ?? '');
}

describe('the head of a cockpit', () => {
  it('says what an evaluation at a cloud waits for, all of it, until the loop has ended', () => {
    expect(said({})).toEqual(['Running', 'evaluation 30: job 1hq3v9c4d5wait0 is QUEUED at ibm-stub:manila']);
    expect(said({ state: { ...stored.state, phase: 'ended' } })).toEqual(['Ended']);
  });

  it('says why a loop without a process has none', () => {
    const state = { ...stored.state, waits: '', phase: 'paused' as const };
    expect(said({ state, status: 'HELD' })[0]).toBe('Paused, at rest');
    expect(said({ state, status: 'HELD' })[1]).toContain('Resume');
    expect(said({ state: { ...state, phase: 'starting' }, status: 'READY' })[0]).toBe('Waiting');
  });

  it('says why it has paused itself, until it goes on', () => {
    const text = 'Paused: evaluation 26 failed. Resume to try again, or stop and keep the best.';
    const notes = [{ iteration: 3, kind: 'paused', text }];
    const state = { ...stored.state, waits: '', phase: 'paused' as const, iteration: 3, note: text };
    expect(said({ state, notes })).toEqual(['Paused', text]);
    expect(said({ state, notes, status: 'HELD' })).toEqual(['Paused, at rest', text]);
    expect(said({ state: { ...state, iteration: 4 }, notes })).toEqual(['Paused']);
    expect(said({ state: { ...state, phase: 'running' }, notes })).toEqual(['Running']);
  });

  it("shows an error's first line, and the traceback apart", () => {
    const state = { ...stored.state, phase: 'ended' as const };
    const failed = { state, status: 'FAILED' as const, error: 'ValueError: no angle\n  File "cell", line 3' };
    expect(said(failed)).toEqual(['Failed', 'ValueError: no angle', '  File "cell", line 3']);
  });

  it('says that what is shown may not hold', () => {
    expect(said({}, true)).toEqual(['Last known: Running', 'Offline. Gone.']);
  });
});
