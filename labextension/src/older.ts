/**
 * What the service has that this page does not: a page holds the newest jobs, and the older ones come when a search, a
 * filter or the end of the list asks for them.
 *
 * Each filter has a place of its own down to which the service was asked. Jobs that come go into the model, where the
 * list finds them like all others.
 */

import { Signal, type ISignal } from '@lumino/signaling';
import type { Api } from './api';
import type { JobsModel } from './model';
import { NO_FILTER, statusesOf, type Filter } from './order';

/** Jobs that one request may bring, and that a page holds in all. */
const PAGE = 500;
const MOST_HERE = 50_000;

interface Place {
  /** The service was asked for what is newer than this job. */
  readonly before: string;
  readonly done: boolean;
}

export class OlderJobs {
  constructor(
    private readonly _model: JobsModel,
    private readonly _api: Pick<Api, 'jobs'>
  ) {}

  /** There is more, or no more; or the service is being asked. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether the service is being asked for jobs that this filter lets through. */
  asking(filter: Filter): boolean {
    return this._asking === key(filter);
  }

  /** Whether the service may have jobs that this filter lets through and that are not here. */
  more(filter: Filter): boolean {
    return this.rest && !this._places.get(key(filter))?.done && this._model.size < MOST_HERE;
  }

  /** Whether the newest jobs are here, and others are not. */
  get rest(): boolean {
    return this._before !== '';
  }

  /** All jobs down to this one are here; "": all there are, or it is not known yet. */
  begin(before: string): void {
    this._before = before;
    this._places.clear();
    this._asking = '';
    this._changed.emit();
  }

  /** Asks for the next jobs that this filter lets through, if it may be that there are any. */
  async load(filter: Filter): Promise<void> {
    const asking = key(filter);
    if (!this.more(filter) || this._asking === asking) {
      return;
    }
    this._asking = asking;
    this._changed.emit();
    let place: Place | null = null;
    let brought = 0;
    try {
      // a search is answered in pieces; it goes on until it has found something
      do {
        const before: string = place?.before ?? this._places.get(asking)?.before ?? this._before;
        const page = await this._api.jobs({ limit: PAGE, before, ...query(filter) });
        if (this._asking !== asking) {
          return; // something else is wanted now
        }
        brought += page.jobs.length;
        const next: string = page.reached || (page.jobs.at(-1)?.id ?? '');
        place = { before: next, done: !page.reached && page.jobs.length < PAGE };
        this._places.set(asking, place);
        this._model.applyPage(page.jobs, false, page.seq);
      } while (brought === 0 && !place.done);
      if (place.done && key(NO_FILTER) === asking) {
        this.begin(''); // that was all
      }
    } catch {
      // what is here is shown; the next wish asks again
      this._places.set(asking, place ?? { before: this._places.get(asking)?.before ?? this._before, done: false });
    }
    this._asking = '';
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _places = new Map<string, Place>();
  private _before = '';
  private _asking = '';
}

/** What is asked of the service: it may answer more than the filter lets through, never less. */
function query({ text, status, notebook }: Filter): { text?: string; status?: string } {
  const words = `${text} ${notebook}`.trim();
  const statuses = statusesOf(status);
  return { ...(words && { text: words }), ...(statuses.length && { status: statuses.join(',') }) };
}

function key({ text, status, notebook }: Filter): string {
  return [text.toLowerCase().split(/\s+/).filter(Boolean).join(' '), status, notebook].join('\n');
}
