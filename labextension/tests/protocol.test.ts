import { describe, expect, it } from 'vitest';
import { decodeDetail, decodeJob, decodeMessage, decodePage, isFinal, ProtocolError, STATUSES } from '../src/protocol';
import { wire } from './wire';

describe('the wire', () => {
  it('has every message of the socket, and each can be read', () => {
    for (const [type, message] of Object.entries(wire.socket)) {
      const read = decodeMessage(JSON.stringify(message));
      expect(read.type).toBe((message as { type: string }).type);
      expect(Object.keys(wire.socket)).toContain(type);
    }
  });

  it('knows the same statuses on both sides, in the same order', () => {
    expect(STATUSES).toEqual(wire.statuses);
  });

  it('reads lists of jobs without losing a field', () => {
    const { body } = wire.rest.jobs;
    const page = decodePage(body);
    expect(page).toEqual(body);
  });

  it('reads all about one job, with and without a result', () => {
    const done = decodeDetail(wire.rest['job done'].body);
    expect(isFinal(done.job.status)).toBe(true);
    expect(done.result).not.toBeNull();
    expect(done.events.length).toBeGreaterThan(1);
    const running = decodeDetail(wire.rest['job running'].body);
    expect(running.result).toBeNull();
  });

  it('refuses what was not agreed, and says what', () => {
    expect(() => decodeMessage('{"type": "surprise"}')).toThrow(/surprise/);
    expect(() => decodeMessage('[]')).toThrow(ProtocolError);
    expect(() => decodeJob({ id: 'a', created: 1, status: 'PAUSED' })).toThrow(/PAUSED/);
    expect(() => decodeJob({ id: '', created: 1, status: 'DONE' })).toThrow(/id/);
  });

  it('takes fields that it does not know', () => {
    const job = (wire.rest.jobs.body as { jobs: object[] }).jobs[0];
    expect(() => decodeJob({ ...job, novelty: 1 })).not.toThrow();
  });
});
