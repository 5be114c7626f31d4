import { describe, expect, it } from 'vitest';
import { nameBelow, standing, tally } from '../src/family';
import type { JobStatus } from '../src/protocol';
import { job } from './jobs';

describe('jobs that share a row', () => {
  const of = (...statuses: JobStatus[]): ReturnType<typeof job>[] => statuses.map(status => job({ status }));
  const trans = {
    __: (text: string, ...values: unknown[]) => text.replace('%1', String(values[0])),
    _n: (one: string, many: string, n: number) => (n === 1 ? one : many).replace('%1', String(n))
  } as never;

  it('stand as those under way do, then as the worst', () => {
    expect(standing([])).toBeNull();
    expect(standing(of('DONE', 'READY', 'FAILED'))).toBe('READY');
    expect(standing(of('READY', 'RUNNING', 'DONE'))).toBe('RUNNING');
    expect(standing(of('DONE', 'CANCELLED', 'FAILED'))).toBe('FAILED');
    expect(standing(of('DONE', 'DONE'))).toBe('DONE');
  });

  it("do not repeat their parent's name", () => {
    const parent = job({ name: 'valley' });
    expect(nameBelow(job({ name: 'valley · evaluation 3' }), parent)).toBe('evaluation 3');
    expect(nameBelow(job({ name: 'other' }), parent)).toBe('other');
    expect(nameBelow(job({ name: '01abc · evaluation 1', parent: '01abc' }), job())).toBe('evaluation 1');
    expect(nameBelow(job({ name: '' }), undefined)).toBe('');
  });

  it('are counted in words', () => {
    expect(tally(of('DONE'), trans)).toBe('1 job');
    expect(tally(of('DONE', 'RUNNING', 'READY', 'HELD', 'FAILED'), trans)).toBe(
      '5 jobs · 1 running · 2 waiting · 1 failed'
    );
  });
});
