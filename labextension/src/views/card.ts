/**
 * A job's live card: where it stands, in words and by a sign; its time; where it runs and why; what came out.
 *
 * The card shows what it is told. A bar is drawn only where shots really come in parts; nothing is simulated. While the
 * connection is down it says so, and its clock stands. At most ten updates a second reach the screen.
 */

import { isFinal, type JobStatus, type JobView, type LiveView } from '../protocol';
import type { Counts } from './bundle';
import { mountHistogram } from './histogram';
import { button, html, setText } from './make';
import { grouped } from './numbers';
import { readBundle } from './read';
import { mountResult } from './result';
import { sign } from './signs';
import { progress, timeLine } from './timing';
import { wordsOf, type View, type ViewOptions, type Words } from './view';

export interface CardData {
  readonly job: JobView;
  readonly live?: LiveView | null;
  /** "online": what is shown holds now. "stored": nobody can be asked; this is what was last known. */
  readonly connection: 'online' | 'connecting' | 'offline' | 'stored';
  /** Why it is offline, in a sentence. */
  readonly trouble?: string;
  /** The stored bundle of the result, once there is one. */
  readonly result?: unknown;
}

export interface CardOptions extends ViewOptions {
  /** Asks the job to stop; without it there is no button. A rejected promise's message is shown. */
  readonly cancel?: (id: string) => Promise<unknown>;
  /** How else it can be stopped, where there is no button. */
  readonly hint?: string;
  /** Puts the ended state into the notebook; without it there is no button. */
  readonly save?: () => void;
}

const SHORTEST = 100;

export function mountCard(element: HTMLElement, data: CardData, options: CardOptions = {}): View<CardData> {
  return new Card(element, data, options);
}

class Card implements View<CardData> {
  constructor(
    private readonly _element: HTMLElement,
    private _data: CardData,
    private readonly _options: CardOptions
  ) {
    this._words = wordsOf(_options);
    const { _words: words } = this;
    this._cancel = button(words.__('Cancel'), () => void this._stop(), { class: 'qmv-Button qmv-mod-cancel' });
    this._save = button(words.__('Save into notebook'), () => _options.save?.(), {
      title: words.__('Replace this card in the notebook by its result, which needs no server')
    });
    const told = html('div', { class: 'qmv-Card-told' }, this._sign, this._state, this._name, this._time);
    this._head = html('div', { class: 'qmv-Card-head' }, told, this._save, this._cancel);
    this._bar = html('progress', { class: 'qmv-Progress', 'aria-label': words.__('shots that have been run') });
    this._card = html(
      'section',
      { class: 'qmv qmv-Card' },
      this._head,
      this._where,
      this._hint,
      this._shots,
      this._trouble,
      this._error,
      this._body
    );
    this._shots.append(this._bar, this._shotsText);
    _element.replaceChildren(this._card);
    this._apply();
  }

  update(data: CardData): void {
    if (data.live !== this._data.live) {
      this._liveAt = Date.now() / 1000;
    }
    const urgent = data.job.status !== this._data.job.status;
    this._data = data;
    if (urgent) {
      this._apply();
    } else if (!this._waiting) {
      this._waiting = window.setTimeout(() => this._apply(), Math.max(0, this._shownAt + SHORTEST - Date.now()));
    }
  }

  dispose(): void {
    window.clearTimeout(this._waiting);
    window.clearTimeout(this._clock);
    this._inner?.dispose();
    this._element.replaceChildren();
  }

  private _apply(): void {
    window.clearTimeout(this._waiting);
    this._waiting = 0;
    this._shownAt = Date.now();
    const { job, connection, live, trouble } = this._data;
    const { _words: words, _options: options } = this;
    const ended = isFinal(job.status);
    this._card.dataset.status = job.status;
    this._card.setAttribute('aria-label', words.__('Job %1', job.name || job.id));
    const stale = !ended && connection !== 'online';
    if (this._shownStatus !== job.status) {
      this._shownStatus = job.status;
      this._sign.replaceChildren(sign(job.status));
    }
    const state = statusName(job.status, words);
    setText(this._state, stale ? words.__('Last known: %1', state) : state);
    setText(this._name, job.name || job.id);
    this._name.title = words.__('job %1', job.id);
    this._name.classList.toggle('qmv-mod-id', !job.name);
    this._card.classList.toggle('qmv-mod-stale', stale);
    setText(this._where, whereLine(job, live, words));
    this._where.hidden = this._where.textContent === '';
    setText(this._trouble, stale ? staleLine(connection, trouble ?? '', words) : this._failure);
    this._trouble.hidden = this._trouble.textContent === '';
    setText(this._error, job.error);
    this._error.hidden = !job.error || job.status === 'DONE';
    this._cancel.hidden = ended || !options.cancel;
    this._cancel.disabled = connection !== 'online' || job.status === 'CANCELLING' || this._asked;
    setText(this._hint, (!ended && options.hint) || '');
    this._hint.hidden = this._hint.textContent === '';
    this._save.hidden = !ended || !options.save;
    this._tell();
    this._progress();
    this._content(ended);
    this._runClock(!ended && !stale);
  }

  /** The clock ticks while the job runs: ten times a second at first, then once. */
  private _runClock(on: boolean): void {
    window.clearTimeout(this._clock);
    const { started } = this._data.job;
    if (on && started !== null) {
      const young = Date.now() / 1000 - started < 10;
      const tick = (): void => {
        this._tell();
        this._runClock(true);
      };
      this._clock = window.setTimeout(tick, young ? SHORTEST : 1000);
    }
  }

  private _tell(): void {
    const { job, live, connection } = this._data;
    const now = isFinal(job.status) || connection === 'online' ? Date.now() / 1000 : this._liveAt;
    const stale = !isFinal(job.status) && connection !== 'online';
    setText(this._time, stale ? '' : timeLine(job, live ?? null, this._liveAt, now, this._words));
  }

  private _progress(): void {
    const { job, live } = this._data;
    const found = isFinal(job.status) ? null : progress(live ?? null, this._words);
    this._shots.hidden = !found;
    if (found) {
      this._bar.value = found.part;
      setText(this._shotsText, found.text);
    }
  }

  /** The result once there is one, the counts so far where they come in parts, else the headline. */
  private _content(ended: boolean): void {
    const { job, live, result } = this._data;
    const partial = live?.counts ?? null;
    const what = ended && result ? 'result' : !ended && partial ? 'partial' : job.headline ? 'headline' : '';
    const content: unknown = { result, partial, headline: job.headline, '': null }[what];
    if (what === this._shownWhat && content === this._shownContent) {
      return;
    }
    if (what === 'partial' && this._shownWhat === 'partial') {
      (this._inner as View<Counts>).update(partial!);
    } else {
      this._inner?.dispose();
      this._inner = null;
      const options = { words: this._words };
      if (what === 'result' && readBundle(result)) {
        this._inner = mountResult(this._body, result, { ...options, headless: true });
      } else if (what === 'partial') {
        this._inner = mountHistogram(this._body, partial!, options);
      } else {
        this._body.replaceChildren(job.headline ? html('div', { class: 'qmv-Headline' }, job.headline) : '');
      }
    }
    [this._shownWhat, this._shownContent] = [what, content];
    this._body.hidden = what === '';
  }

  private async _stop(): Promise<void> {
    this._asked = true;
    this._failure = '';
    this._apply();
    try {
      await this._options.cancel?.(this._data.job.id);
    } catch (error) {
      this._failure = error instanceof Error ? error.message : String(error);
    } finally {
      this._asked = false;
      this._apply();
    }
  }

  private readonly _words: Words;
  private readonly _card: HTMLElement;
  private readonly _head: HTMLElement;
  private readonly _sign = html('span', { class: 'qmv-Card-sign' });
  private readonly _state = html('strong', { class: 'qmv-Card-state', role: 'status' });
  private readonly _name = html('span', { class: 'qmv-Card-name' });
  private readonly _time = html('span', { class: 'qmv-Card-time' });
  private readonly _where = html('div', { class: 'qmv-Card-where' });
  private readonly _hint = html('div', { class: 'qmv-Card-where' });
  private readonly _shots = html('div', { class: 'qmv-Card-shots', hidden: true });
  private readonly _shotsText = html('span');
  private readonly _trouble = html('div', { class: 'qmv-Card-trouble', role: 'status' });
  private readonly _error = html('div', { class: 'qmv-Card-error' });
  private readonly _body = html('div', { class: 'qmv-Card-body' });
  private readonly _bar: HTMLProgressElement;
  private readonly _cancel: HTMLButtonElement;
  private readonly _save: HTMLButtonElement;
  private _inner: View<never> | View<Counts> | View<unknown> | null = null;
  private _liveAt = Date.now() / 1000;
  private _shownAt = 0;
  private _shownStatus: JobStatus | null = null;
  private _shownWhat = '-';
  private _shownContent: unknown = null;
  private _waiting = 0;
  private _clock = 0;
  private _asked = false;
  private _failure = '';
}

function whereLine(job: JobView, live: LiveView | null | undefined, words: Words): string {
  const shots = job.shots === null ? '' : words.__('%1 shots', grouped(job.shots));
  const chosen = live?.backend || job.backend;
  const backend = chosen && chosen !== 'auto' ? chosen : '';
  const why = live?.why || job.why;
  const again = job.attempt > 1 ? words.__('attempt %1', job.attempt) : '';
  const place = [shots, backend, again].filter(Boolean).join(' · ');
  return why && backend ? `${place} — ${why}` : place;
}

function staleLine(connection: CardData['connection'], trouble: string, words: Words): string {
  switch (connection) {
    case 'offline':
      return words.__('Offline. %1', trouble);
    case 'connecting':
      return words.__('Asking how the job stands now…');
    default:
      return trouble || words.__('This is how the job stood when the notebook was saved.');
  }
}

/** Returns the word for a status. */
function statusName(status: JobStatus, words: Words): string {
  const names: Record<JobStatus, string> = {
    CREATED: words.__('Created'),
    HELD: words.__('Held'),
    READY: words.__('Queued'),
    SUBMITTING: words.__('Submitting'),
    IN_DOUBT: words.__('In doubt'),
    QUEUED: words.__('Queued'),
    RUNNING: words.__('Running'),
    FETCHING: words.__('Fetching'),
    CANCELLING: words.__('Cancelling'),
    DONE: words.__('Done'),
    FAILED: words.__('Failed'),
    CANCELLED: words.__('Cancelled'),
    LOST: words.__('Lost')
  };
  return names[status];
}
