import { describe, expect, it } from 'vitest';
import { JobsModel, type Change } from '../src/model';
import { decodeMessage, type JobView } from '../src/protocol';
import { event, job, live, queued, running, T0 } from './jobs';
import { wire } from './wire';

function started(...jobs: JobView[]): JobsModel {
  const model = new JobsModel();
  model.apply({ type: 'snapshot', seq: 10, jobs: [...jobs].sort((a, b) => (a.id < b.id ? 1 : -1)) });
  return model;
}

function told(model: JobsModel): { changes: Change[]; ended: string[] } {
  const seen = { changes: [] as Change[], ended: [] as string[] };
  model.changed.connect((_, change) => void seen.changes.push(change));
  model.ended.connect((_, job) => void seen.ended.push(job.id));
  return seen;
}

describe('JobsModel', () => {
  it('takes the fixture as it comes', () => {
    const model = new JobsModel();
    for (const name of ['snapshot', 'events', 'live', 'offline', 'online']) {
      model.apply(decodeMessage(JSON.stringify(wire.socket[name])));
    }
    expect(model.size).toBeGreaterThan(0);
    expect(model.connection).toBe('online');
  });

  it('is not online before it has heard anything', () => {
    expect(new JobsModel().connection).toBe('connecting');
  });

  it('counts what runs and what waits', () => {
    const model = started(running(), running(), queued(), job());
    expect(model.counts).toEqual({ running: 2, queued: 1 });
    expect(model.unfinished).toHaveLength(3);
  });

  it('an event changes one job and names it', () => {
    const one = running();
    const model = started(one, job());
    const seen = told(model);
    model.apply({ type: 'events', seq: 11, events: [event(11, { ...one, status: 'DONE', ended: T0 })] });
    expect(seen.changes).toEqual([new Set([one.id])]);
    expect(model.get(one.id)?.status).toBe('DONE');
    expect(model.seq).toBe(11);
  });

  it('a new job changes the list as a whole', () => {
    const model = started(job());
    const seen = told(model);
    model.apply({ type: 'events', seq: 11, events: [event(11, queued())] });
    expect(seen.changes).toEqual([null]);
    expect(model.size).toBe(2);
  });

  it('an event that is already known is passed over', () => {
    const one = job();
    const model = started(one);
    model.apply({ type: 'events', seq: 10, events: [event(9, { ...one, status: 'RUNNING', ended: null })] });
    expect(model.get(one.id)?.status).toBe('DONE');
  });

  it('a job that is gone is forgotten', () => {
    const one = running();
    const model = started(one);
    model.apply({ type: 'events', seq: 11, events: [event(11, null, one.id)] });
    expect(model.size).toBe(0);
    expect(model.counts.running).toBe(0);
  });

  it('tells each end once, and only of jobs that were not ended', () => {
    const [one, two] = [running(), job()];
    const model = started(one, two);
    const seen = told(model);
    const end = { ...one, status: 'DONE' as const };
    model.apply({ type: 'events', seq: 13, events: [event(11, end), event(12, end), event(13, two)] });
    expect(seen.ended).toEqual([one.id]);
  });

  it('tells of a job that was made and ended between two events', () => {
    const model = started();
    const seen = told(model);
    const one = job();
    model.apply({ type: 'events', seq: 11, events: [event(11, one)] });
    expect(seen.ended).toEqual([one.id]);
  });

  it('the first snapshot tells of no ends; a later one does', () => {
    const one = running();
    const model = new JobsModel();
    const seen = told(model);
    model.apply({ type: 'snapshot', seq: 1, jobs: [one] });
    expect(seen.ended).toEqual([]);
    model.apply({ type: 'snapshot', seq: 9, jobs: [{ ...one, status: 'FAILED' }] });
    expect(seen.ended).toEqual([one.id]);
  });

  it('a snapshot with its pages forgets what they do not hold', () => {
    const [old, gone, kept] = [job({ created: T0 + 1000 }), job({ created: T0 + 2000 }), job({ created: T0 + 3000 })];
    const model = started(old, gone, kept);
    const newest = job({ created: T0 + 4000 });
    const between = job({ created: T0 + 1500 });
    model.apply({ type: 'snapshot', seq: 20, jobs: [newest, kept, between] });
    expect(model.get(old.id)).toBeDefined();
    model.applyPage([old], true, 20);
    expect(model.get(gone.id)).toBeUndefined();
    expect(model.get(old.id)).toBeDefined();
    expect(model.size).toBe(4);
    model.apply({ type: 'snapshot', seq: 30, jobs: [] });
    expect(model.size).toBe(0);
  });

  it('pages add what is older', () => {
    const [a, b, c] = [job({ created: T0 + 10 }), job({ created: T0 + 20 }), job({ created: T0 + 30 })];
    const model = started(c);
    model.applyPage([b], false, 10);
    model.applyPage([a], true, 10);
    expect([...model.all()].map(one => one.id).sort()).toEqual([a.id, b.id, c.id]);
  });

  it('pages may hold jobs in any order of their ids', () => {
    const many = [40, 10, 30, 20, 0].map(time => job({ created: T0 + time }));
    const model = started(many[0]);
    model.applyPage(many.slice(1, 3), false, 10);
    model.applyPage(many.slice(3), true, 10);
    expect(model.size).toBe(5);
  });

  it('a page does not take back what an event told of a job meanwhile', () => {
    const [old, newest] = [running({ created: T0 + 10 }), job({ created: T0 + 20 })];
    const model = started(old, newest);
    model.apply({ type: 'events', seq: 15, events: [event(15, { ...old, status: 'DONE', ended: T0 + 12 })] });
    model.applyPage([old], true, 12);
    expect(model.get(old.id)?.status).toBe('DONE');
  });

  it('live values are kept for jobs under way, and dropped when they end', () => {
    const one = running();
    const done = job();
    const model = started(one, done);
    model.apply({ type: 'live', jobs: [live(one.id), live(done.id)] });
    expect(model.live(one.id)?.elapsed).toBe(2);
    expect(model.live(done.id)).toBeUndefined();
    model.apply({ type: 'events', seq: 11, events: [event(11, { ...one, status: 'DONE' })] });
    expect(model.live(one.id)).toBeUndefined();
  });

  it('offline, nothing is live any more, and the reason is known', () => {
    const one = running();
    const model = started(one);
    model.apply({ type: 'live', jobs: [live(one.id)] });
    model.apply({ type: 'offline', message: 'gone' });
    expect(model.connection).toBe('offline');
    expect(model.trouble).toBe('gone');
    expect(model.live(one.id)).toBeUndefined();
    expect(model.get(one.id)).toBeDefined();
    model.apply({ type: 'online' });
    expect(model.trouble).toBe('');
  });

  it('an answer does not take back an end', () => {
    const one = job();
    const model = started(one);
    model.put({ ...one, status: 'RUNNING' });
    expect(model.get(one.id)?.status).toBe('DONE');
  });
});
