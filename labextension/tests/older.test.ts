import { describe, expect, it } from 'vitest';
import type { Api, JobQuery } from '../src/api';
import { JobsModel } from '../src/model';
import { OlderJobs } from '../src/older';
import { NO_FILTER } from '../src/order';
import type { JobPage } from '../src/protocol';
import { event, job, T0 } from './jobs';

/** Pages that the service gives, one after the other; a number is an error of that status. */
function setUp(...pages: (Partial<JobPage> | number)[]) {
  const model = new JobsModel();
  model.apply({ type: 'snapshot', seq: 9, jobs: [job({ id: 'newest', created: T0 + 99 })], total: 1000 });
  const asked: JobQuery[] = [];
  const api: Pick<Api, 'jobs'> = {
    jobs: (query = {}) => {
      asked.push(query);
      const page = pages.shift() ?? {};
      return typeof page === 'number'
        ? Promise.reject(new Error(String(page)))
        : Promise.resolve({ seq: 9, jobs: [], reached: '', ...page });
    }
  };
  const older = new OlderJobs(model, api);
  older.begin('newest');
  return { model, older, asked };
}

const many = (number: number, at: number) =>
  Array.from({ length: number }, (_, place) => job({ created: T0 - at - place, name: 'grover' }));
const search = { ...NO_FILTER, text: 'Grover  paper', status: 'failed', notebook: 'a b.ipynb' } as const;

describe('older jobs', () => {
  it('come page by page until there are no more', async () => {
    const first = many(500, 0);
    const { model, older, asked } = setUp({ jobs: first }, { jobs: many(3, 5000) });
    expect(older.more(NO_FILTER)).toBe(true);
    await older.load(NO_FILTER);
    expect([model.size, older.rest]).toEqual([501, true]);
    await older.load(NO_FILTER);
    expect(asked.map(one => one.before)).toEqual(['newest', first.at(-1)!.id]);
    expect([model.size, older.rest, older.more(NO_FILTER)]).toEqual([504, false, false]);
    await older.load(NO_FILTER);
    expect(asked).toHaveLength(2);
  });

  it('are searched for by what is shown, each search from where it was left', async () => {
    const { model, older, asked } = setUp(
      { reached: 'x1' },
      { reached: 'x2' },
      { jobs: many(2, 0), reached: 'x3' },
      {}
    );
    await older.load(search);
    expect(asked).toEqual(
      ['newest', 'x1', 'x2'].map(before => ({
        limit: 500,
        before,
        text: 'Grover  paper a b.ipynb',
        status: 'FAILED,LOST'
      }))
    );
    expect([model.size, older.more(search)]).toEqual([3, true]);
    await older.load({ ...search, text: ' grover PAPER ' });
    expect(asked.at(-1)!.before).toBe('x3');
    expect([older.more(search), older.more(NO_FILTER)]).toEqual([false, true]);
  });

  it('that nobody wants any more are not waited for', async () => {
    const { older, asked } = setUp({ reached: 'x1' }, { jobs: many(1, 0) });
    const old = older.load(search);
    expect(older.asking(search)).toBe(true);
    await older.load({ ...search, text: 'qft' });
    await old;
    expect(asked.map(one => one.text)).toEqual(['Grover  paper a b.ipynb', 'qft a b.ipynb']);
  });

  it('are asked for again after a failure', async () => {
    const { older, asked } = setUp(500, { jobs: many(1, 0) });
    await older.load(search);
    expect([older.more(search), older.asking(search)]).toEqual([true, false]);
    await older.load(search);
    expect(asked).toHaveLength(2);
    expect(older.more(search)).toBe(false);
  });

  it('are counted, whether they are here or not', () => {
    const { model } = setUp();
    const made = { ...event(10, job({ created: T0 + 200 })), kind: 'job.created' };
    model.apply({ type: 'events', seq: 12, events: [made, event(11, null, 'gone'), event(12, null, 'away')] });
    expect([model.size, model.total]).toEqual([2, 999]);
  });
});
