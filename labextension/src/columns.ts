/** The columns of the jobs table: what each says of a row, in words first. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { element } from './dom';
import { nameBelow, standing, tally } from './family';
import { cost, count, duration, failure, moment, shortMoment, statusWord } from './format';
import { drawing, statusIcon } from './icons';
import type { Row } from './list';
import type { JobsModel } from './model';
import { elapsed, type SortKey } from './order';
import { isFinal, isRunning, type JobStatus, type JobView } from './protocol';

export interface Context {
  readonly model: JobsModel;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly trans: TranslationBundle;
  /** What is known may be out of date. */
  readonly stale: boolean;
}

/** A column. `text` is all that `fill` depends on, besides the row itself. */
export interface Column {
  readonly key: SortKey;
  label(trans: TranslationBundle): string;
  text(row: Row, context: Context): string;
  fill(cell: HTMLElement, row: Row, text: string, context: Context): void;
}

/** What a row is called: its name, else its result, else its id. */
export function title(job: JobView): string {
  return job.name || job.headline || job.id;
}

/** How long a job has run; as far as we know when we are offline. */
export function elapsedText(job: JobView, context: Context): string {
  if (isFinal(job.status)) {
    return duration(elapsed(job, context.now));
  }
  if (context.stale || job.started === null) {
    return '–';
  }
  const passed = duration(elapsed(job, Math.floor(context.now)));
  const live = context.model.live(job.id);
  if (live && live.progress !== null) {
    return context.trans.__('%1 · %2 %', passed, Math.floor(100 * live.progress));
  }
  const expected = live?.expected ?? job.expected;
  return expected ? context.trans.__('%1 of ~%2', passed, duration(expected)) : passed;
}

function plain(key: SortKey, label: Column['label'], text: (job: JobView, context: Context) => string): Column {
  return {
    key,
    label,
    text: (row, context) => (row.job ? text(row.job, context) : ''),
    fill: (cell, _row, words) => {
      cell.textContent = words;
      cell.title = words.length > 12 ? words : '';
    }
  };
}

const STATUS: Column = {
  key: 'status',
  label: trans => trans.__('Status'),
  text: (row, context) => {
    const status = statusOf(row);
    const word = status ? statusWord(status, context.trans) : '';
    return status && unsure(status, context) ? context.trans.__('Last: %1', word) : word;
  },
  fill: (cell, row, words, context) => {
    const status = statusOf(row);
    if (status) {
      const icon = unsure(status, context) ? drawing('doubt') : statusIcon(status);
      cell.append(icon, element('span', 'qm-Word', [words]));
      cell.title = row.job?.error || words;
    }
  }
};

/** Returns the status of a row's job; of a row that stands for several, how they stand together. */
const statusOf = (row: Row): JobStatus | null => row.job?.status ?? standing(row.children);

/** Whether it may have gone on since we heard of it last. */
function unsure(status: JobStatus, { stale }: Context): boolean {
  return stale && !isFinal(status);
}

/** Returns the words that the names of jobs begin with, as those of a sweep do; "" where there are none. */
function commonName(jobs: readonly JobView[]): string {
  const [first, ...others] = jobs.map(job => job.name.split(' '));
  const same = first.findIndex((word, i) => others.some(other => other[i] !== word));
  return others.length && same > 0 ? first.slice(0, same).join(' ') : '';
}

const NAME: Column = {
  key: 'name',
  label: trans => trans.__('Job'),
  text: (row, { model, trans }) => {
    const many = row.children.length;
    const below = many ? tally(row.children, trans) : '';
    const job = row.job;
    if (!job) {
      const name = commonName(row.children);
      return (name ? [name, below] : [below, row.id]).join('\n');
    }
    const second = failure(job) || (job.name ? job.headline : '');
    const name = row.depth ? nameBelow(job, model.get(job.parent)) : job.name;
    return [name || title(job), [second, below].filter(Boolean).join(' · ')].join('\n');
  },
  fill: (cell, _row, text) => {
    const [first, second] = text.split('\n');
    cell.append(element('span', 'qm-Title', [first]));
    if (second) {
      cell.append(element('span', 'qm-Second', [second]));
    }
    cell.title = text;
  }
};

const position = (job: JobView, { model, stale }: Context): string =>
  isFinal(job.status) || isRunning(job.status) || stale ? '–' : count(model.live(job.id)?.position ?? job.position);

/** Which backend runs it: known when it starts, before an event says so. */
const backendText = (job: JobView, { model }: Context): string => model.live(job.id)?.backend || job.backend;

/** All columns, for a wide table. */
export const COLUMNS: readonly Column[] = [
  STATUS,
  NAME,
  plain('backend', trans => trans.__('Backend'), backendText),
  plain('position', trans => trans.__('Position'), position),
  plain('elapsed', trans => trans.__('Elapsed'), elapsedText),
  plain(
    'shots',
    trans => trans.__('Shots'),
    job => count(job.shots)
  ),
  plain(
    'cost',
    trans => trans.__('Cost'),
    job => cost(job.cost)
  ),
  plain(
    'tags',
    trans => trans.__('Tags'),
    job => job.tags.join(', ')
  ),
  plain(
    'created',
    trans => trans.__('Created'),
    job => moment(job.created)
  )
];

/** What fits into a sidebar: the status as its icon, its word and the rest of the row in a second line. */
export const NARROW: readonly Column[] = [
  STATUS,
  {
    ...NAME,
    text: (row, context) => {
      const [first, second = ''] = NAME.text(row, context).split('\n');
      const job = row.job;
      if (!job) {
        return [first, '', second].join('\n');
      }
      const place = position(job, context);
      const facts = [
        second,
        backendText(job, context),
        place === '–' ? '' : context.trans.__('position %1', place),
        job.shots === null ? '' : context.trans.__('%1 shots', count(job.shots)),
        job.cost ? cost(job.cost) : '',
        ...job.tags.map(tag => `#${tag}`)
      ];
      return [first, STATUS.text(row, context), facts.filter(Boolean).join(' · ')].join('\n');
    },
    fill: (cell, _row, text) => {
      const [first, status, second] = text.split('\n');
      const word = element('span', 'qm-StatusWord', [status], { 'aria-hidden': 'true' }); // its own cell says it
      cell.append(
        element('span', 'qm-Title', [first]),
        element('span', 'qm-Second', [word, status && second ? ' · ' : '', second])
      );
      cell.title = [first, second].filter(Boolean).join('\n');
    }
  },
  {
    key: 'created',
    label: trans => trans.__('Created'),
    text: (row, context) => (row.job ? [shortMoment(row.job.created), elapsedText(row.job, context)].join('\n') : ''),
    fill: (cell, row, text) => {
      const [first, second = ''] = text.split('\n');
      cell.append(element('span', '', [first]), element('span', 'qm-Second', [second === '–' ? '' : second]));
      cell.title = moment(row.job?.created);
    }
  }
];
