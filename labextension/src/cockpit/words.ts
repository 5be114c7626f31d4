/** What the cockpit calls things. */

import { isFinal } from '../protocol';
import type { Words } from '../views/view';
import type { Across, Up } from './lines';
import type { Track } from './track';

/** What a cockpit can show. */
export type Shown = Up | 'heat map' | 'landscape';

/** Returns what can be shown, and its names. */
export function shownChoices(words: Words, landscape: boolean): (readonly [Shown, string])[] {
  const choices: (readonly [Shown, string])[] = [
    ['value', words.__('value')],
    ['gradient_norm', words.__('gradient norm')],
    ['step', words.__('step size')],
    ['parameters', words.__('parameters')],
    ['heat map', words.__('heat map')]
  ];
  return landscape ? [...choices, ['landscape', words.__('landscape')]] : choices;
}

/** Returns what can lie along the x axis, and its names. */
export function acrossChoices(words: Words): (readonly [Across, string])[] {
  return [
    ['iteration', words.__('iterations')],
    ['evaluations', words.__('evaluations')],
    ['shots', words.__('shots')],
    ['seconds', words.__('seconds')]
  ];
}

/** Returns how a loop stands, for the style sheet: a phase, "waiting" (in line) or "held". */
export function phaseOf(track: Track): string {
  const { phase } = track.state;
  if (track.ended) {
    return 'ended';
  }
  return track.status === 'HELD' ? 'held' : track.status === 'READY' && phase === 'starting' ? 'waiting' : phase;
}

/** Returns how a loop stands, in words. */
export function phaseWord(track: Track, words: Words): string {
  const names: Record<string, string> = {
    waiting: words.__('Waiting'),
    starting: words.__('Starting'),
    running: words.__('Running'),
    paused: words.__('Paused'),
    held: words.__('Paused, at rest'),
    measuring: words.__('Measuring the best point again'),
    ended: words.__('Ended')
  };
  const { status } = track;
  const failed = status === 'FAILED' ? words.__('Failed') : status === 'CANCELLED' ? words.__('Cancelled') : '';
  return (status && isFinal(status) && failed) || names[phaseOf(track)];
}

/** Returns why a loop has paused itself; "" where it was told to. */
function pausedFor(track: Track): string {
  const { iteration, note } = track.state;
  const last = track.notes.at(-1);
  return last?.kind === 'paused' && last.iteration === iteration && last.text === note ? last.text : '';
}

/** Returns what a loop waits for, in a sentence; "" where it does not wait. */
export function waitsLine(track: Track, words: Words): string {
  switch (phaseOf(track)) {
    case 'ended':
      return '';
    case 'held':
      return pausedFor(track) || words.__('It has given its process back. Resume goes on from where it stands.');
    case 'waiting':
      return track.state.waits || words.__('It is in line: other loops run now.');
    case 'paused':
      return pausedFor(track);
    default:
      return track.state.waits;
  }
}

export function acrossWord(across: Across, words: Words): string {
  const names: Record<Across, string> = {
    iteration: words.__('iteration'),
    evaluations: words.__('evaluation'),
    shots: words.__('shots'),
    seconds: words.__('seconds')
  };
  return names[across];
}

/** Returns why what is shown may not hold now. */
export function staleLine(connection: string, trouble: string, words: Words): string {
  switch (connection) {
    case 'offline':
      return words.__('Offline. %1', trouble);
    case 'connecting':
      return words.__('Asking how the loop stands now…');
    default:
      return trouble || words.__('This is how the loop stood when the notebook was saved.');
  }
}
