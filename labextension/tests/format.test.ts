import { expect, it } from 'vitest';
import { failure } from '../src/format';
import { job } from './jobs';

it('says why a job failed without saying which job', () => {
  const one = job();
  expect(failure({ ...one, error: `job ${one.id} ran longer than 1 s` })).toBe('ran longer than 1 s');
  expect(failure({ ...one, error: `job ${one.id}: its process died` })).toBe('its process died');
  expect(failure({ ...one, error: 'line 3: no such gate' })).toBe('line 3: no such gate');
  expect(failure(one)).toBe('');
});
