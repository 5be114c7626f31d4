/** How jobs that share a row of the table (a sweep, a group) stand together. No DOM. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { isFinal, isRunning, type JobStatus, type JobView } from './protocol';

/** Returns the status that stands for all: of those under way while there are any, then the worst; null of none. */
export function standing(jobs: readonly JobView[]): JobStatus | null {
  const under = jobs.filter(job => !isFinal(job.status));
  const first = under.find(job => isRunning(job.status)) ?? under[0];
  const worst = WORST.find(status => jobs.some(job => job.status === status));
  return first?.status ?? worst ?? jobs[0]?.status ?? null;
}

/** Returns a child's name below its parent, whose own it need not repeat: "evaluation 3" of "valley · evaluation 3". */
export function nameBelow(child: JobView, parent: JobView | undefined): string {
  const above = `${parent?.name || child.parent} · `;
  return child.name.startsWith(above) ? child.name.slice(above.length) : child.name;
}

/** Returns such as "4 jobs · 2 running · 1 failed". */
export function tally(jobs: readonly JobView[], trans: TranslationBundle): string {
  const running = jobs.filter(job => isRunning(job.status)).length;
  const waiting = jobs.filter(job => !isFinal(job.status)).length - running;
  const counts: [number, string][] = [
    [running, trans.__('%1 running', running)],
    [waiting, trans.__('%1 waiting', waiting)],
    ...WORST.map((status): [number, string] => {
      const many = jobs.filter(job => job.status === status).length;
      return [many, many ? trans.__(NAMES[status], many) : ''];
    })
  ];
  const said = counts.filter(([many]) => many > 0).map(([, text]) => text);
  return [trans._n('%1 job', '%1 jobs', jobs.length), ...said].join(' · ');
}

const WORST = ['FAILED', 'LOST', 'CANCELLED'] as const;
const NAMES = { FAILED: '%1 failed', LOST: '%1 lost', CANCELLED: '%1 cancelled' } as const;
