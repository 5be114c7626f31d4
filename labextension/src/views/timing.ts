/** What a card says of time and place in line, in words. No DOM here. */

import type { JobView, LiveView } from '../protocol';
import type { Words } from './view';

/** Returns a duration as people say it: "0.4 s", "12 s", "3 min 5 s", "2 h 3 min". */
export function spoken(seconds: number): string {
  if (seconds < 0.0995) {
    return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours} h ${minutes} min` : rest ? `${minutes} min ${rest} s` : `${minutes} min`;
}

/** Returns how long a job has run for (seconds), or ran; null when it did not start. `now` in seconds since the epoch. */
export function elapsed(job: JobView, live: LiveView | null, liveAt: number, now: number): number | null {
  if (job.ended !== null) {
    return job.started === null ? null : Math.max(0, job.ended - job.started);
  }
  if (job.status !== 'RUNNING' && job.status !== 'CANCELLING' && job.status !== 'FETCHING') {
    return null;
  }
  // The server's clock and ours may differ: what the server measured counts, and what has passed here since.
  if (live && live.elapsed !== null) {
    return Math.max(0, live.elapsed + (now - liveAt));
  }
  return job.started === null ? null : Math.max(0, now - job.started);
}

/** Returns the line about time and place: "2.3 s, usually about 4 s", "2 jobs ahead", "took 1.2 s". */
export function timeLine(job: JobView, live: LiveView | null, liveAt: number, now: number, words: Words): string {
  const run = elapsed(job, live, liveAt, now);
  const expected = live?.expected ?? job.expected;
  if (job.ended !== null) {
    return run === null ? '' : words.__('took %1', spoken(run));
  }
  if (run !== null) {
    return expected === null ? spoken(run) : words.__('%1, usually about %2', spoken(run), spoken(expected));
  }
  const position = live?.position ?? job.position;
  const parts: string[] = [];
  if (position !== null) {
    parts.push(position <= 1 ? words.__('next in line') : words.__('number %1 in line', position));
  }
  if (expected !== null) {
    parts.push(words.__('runs for about %1', spoken(expected)));
  }
  return parts.join(' · ');
}

/** Returns how many shots are there, of how many, where they come in parts; null where that is not known. */
export function parts(job: JobView, live: LiveView | null): { done: number; total: number } | null {
  const progress: unknown = live?.progress;
  if (Array.isArray(progress) && progress[1] > 0) {
    return { done: progress[0] as number, total: progress[1] as number };
  }
  if (typeof progress === 'number') {
    return { done: progress * (job.shots ?? 1), total: job.shots ?? 1 };
  }
  return null;
}
