/** Numbers and times as people read them. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JobStatus, JobView } from './protocol';

// kept: a table says some hundred times and numbers a second while it is scrolled, and making one takes 50 us
const NUMBER = new Intl.NumberFormat();
const MINUTES = { hour: '2-digit', minute: '2-digit' } as const;
const DATE = { day: 'numeric', month: 'short' } as const;
const TIME = new Intl.DateTimeFormat(undefined, { ...MINUTES, second: '2-digit' });
const SHORT_TIME = new Intl.DateTimeFormat(undefined, MINUTES);
const DAY = new Intl.DateTimeFormat(undefined, DATE);
const DAY_TIME = new Intl.DateTimeFormat(undefined, { ...DATE, ...MINUTES });
const YEAR_TIME = new Intl.DateTimeFormat(undefined, { ...DATE, ...MINUTES, year: 'numeric' });

/** Returns a duration: "< 1 ms", "4 ms", "0.4 s", "12 s", "3:05", "2:03:05"; "–" for none. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null) {
    return '–';
  }
  if (seconds < 0.0005) {
    return '< 1 ms';
  }
  if (seconds < 0.0995) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Returns a count with separators. */
export function count(value: number | null | undefined): string {
  return value == null ? '–' : NUMBER.format(value);
}

/** Returns a price in US dollars. */
export function cost(value: number | null | undefined): string {
  return value == null ? '–' : `$${value.toFixed(value < 0.1 && value > 0 ? 4 : 2)}`;
}

/** Returns when something was: the time today, else the date and the time. `seconds` since the epoch. */
export function moment(seconds: number | null | undefined, now = new Date()): string {
  if (seconds == null) {
    return '–';
  }
  const date = new Date(seconds * 1000);
  if (sameDay(date, now)) {
    return TIME.format(date);
  }
  return (date.getFullYear() === now.getFullYear() ? DAY_TIME : YEAR_TIME).format(date);
}

/** Returns when something was, as short as it can be said: the time today, else the date. */
export function shortMoment(seconds: number, now = new Date()): string {
  const date = new Date(seconds * 1000);
  return (sameDay(date, now) ? SHORT_TIME : DAY).format(date);
}

function sameDay(a: Date, b: Date): boolean {
  return a.getDate() === b.getDate() && a.getMonth() === b.getMonth() && a.getFullYear() === b.getFullYear();
}

/** Returns the word for a status. */
export function statusWord(status: JobStatus, trans: TranslationBundle): string {
  switch (status) {
    case 'CREATED':
      return trans.__('Created');
    case 'HELD':
      return trans.__('Held');
    case 'READY':
    case 'QUEUED':
      return trans.__('Queued');
    case 'SUBMITTING':
      return trans.__('Submitting');
    case 'IN_DOUBT':
      return trans.__('In doubt');
    case 'RUNNING':
      return trans.__('Running');
    case 'FETCHING':
      return trans.__('Fetching');
    case 'CANCELLING':
      return trans.__('Cancelling');
    case 'DONE':
      return trans.__('Done');
    case 'FAILED':
      return trans.__('Failed');
    case 'CANCELLED':
      return trans.__('Cancelled');
    case 'LOST':
      return trans.__('Lost');
  }
}

/** Why a job failed, without the job's own name before it: a row has room for a few words only. */
export function failure(job: JobView): string {
  return job.error
    .replace(`job ${job.id}`, '')
    .replace(/^[:\s]+/, '')
    .split('\n', 1)[0];
}
