/** A small drawing for each status. It is hidden from screen readers: a word always stands beside it. */

import { svg } from './make';
import type { JobStatus } from '../protocol';

const SHAPES = {
  wait: ['M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12', 'M8 4.6V8l2.3 1.6'],
  held: ['M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12', 'M6.4 5.6v4.8M9.6 5.6v4.8'],
  run: ['M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12', 'M8 2a6 6 0 0 1 6 6'],
  doubt: ['M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12', 'M6.4 6.4a1.7 1.7 0 1 1 2.4 1.5c-.5.3-.8.6-.8 1.3M8 11.3v.1'],
  done: ['M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12', 'm5.4 8.2 1.9 1.9 3.4-4'],
  fail: ['M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12', 'm6 6 4 4M10 6l-4 4'],
  stop: ['M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12', 'M3.8 12.2l8.4-8.4']
} as const;

type Shape = keyof typeof SHAPES;

const OF_STATUS: Record<JobStatus, Shape> = {
  CREATED: 'wait',
  HELD: 'held',
  READY: 'wait',
  SUBMITTING: 'wait',
  IN_DOUBT: 'doubt',
  QUEUED: 'wait',
  RUNNING: 'run',
  FETCHING: 'run',
  CANCELLING: 'run',
  DONE: 'done',
  FAILED: 'fail',
  CANCELLED: 'stop',
  LOST: 'doubt'
};

/** Returns the drawing for a status, in the colour that the status has. */
export function sign(status: JobStatus): SVGElement {
  const shape = OF_STATUS[status];
  const [body, mark] = SHAPES[shape];
  return svg(
    'svg',
    { viewBox: '0 0 16 16', width: 16, height: 16, class: `qmv-Sign qmv-sign-${shape}`, 'aria-hidden': 'true' },
    svg('path', { d: body, class: shape === 'run' ? 'qmv-Sign-track' : '' }),
    svg('path', { d: mark, class: shape === 'run' ? 'qmv-Sign-turn' : '' })
  );
}
