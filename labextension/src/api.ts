/** The server's REST door: one function for each route. Every error is one line that can be shown. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import {
  decodeDetail,
  decodeJob,
  decodePage,
  type JobDetail,
  type JobPage,
  type JobView,
  type ServiceStatus
} from './protocol';

/** The server refused, or could not be reached (status 0). */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number
  ) {
    super(message);
  }
}

/** What a page of jobs is asked by. */
export interface JobQuery {
  readonly limit?: number;
  readonly before?: string;
  /** Words that must all occur in what is seen of a job. */
  readonly text?: string;
  /** Statuses, separated by commas. */
  readonly status?: string;
}

/** Where a text is wrong; lines and columns count from 1. */
export interface Diagnostic {
  readonly line: number;
  readonly column: number;
  readonly end_column: number;
  readonly message: string;
}

const BASE = 'qmagic/api';

export class Api {
  constructor(readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  async jobs(query: JobQuery = {}): Promise<JobPage> {
    return decodePage(await this._ask('jobs' + URLExt.objectToQueryString({ ...query })));
  }

  async job(id: string): Promise<JobDetail> {
    return decodeDetail(await this._ask(`jobs/${encodeURIComponent(id)}`));
  }

  /** Asks jobs to stop; returns them as they stand then. */
  async cancel(ids: readonly string[]): Promise<JobView[]> {
    return ((await this._ask('jobs/cancel', { ids })) as { jobs: unknown[] }).jobs.map(decodeJob);
  }

  async rerun(id: string): Promise<JobView> {
    const answer = (await this._ask(`jobs/${encodeURIComponent(id)}/rerun`, {})) as { job: unknown };
    return decodeJob(answer.job);
  }

  /** Returns how many were deleted: jobs that have not ended are left alone. */
  async delete(ids: readonly string[]): Promise<number> {
    return ((await this._ask('jobs/delete', { ids })) as { deleted: number }).deleted;
  }

  /** Returns a loop and its iterations after `since`, with their points where they are wanted. */
  async loop(id: string, since: number, points = false): Promise<unknown> {
    const query = URLExt.objectToQueryString({ since, points: points ? 1 : 0 });
    return this._ask(`loops/${encodeURIComponent(id)}${query}`);
  }

  /** Gives a loop an order; returns the order's number once it is on disk. */
  async order(id: string, kind: string, settings: Readonly<Record<string, number | string>> = {}): Promise<number> {
    const body = { kind, ...(kind === 'set' ? { settings } : {}) };
    return ((await this._ask(`loops/${encodeURIComponent(id)}/order`, body)) as { number: number }).number;
  }

  /** Starts another loop that goes the same way up to an iteration. */
  async fork(id: string, iteration: number, settings: Readonly<Record<string, number | string>>): Promise<JobView> {
    const answer = (await this._ask(`loops/${encodeURIComponent(id)}/fork`, { iteration, settings })) as {
      job: unknown;
    };
    return decodeJob(answer.job);
  }

  /** Starts a loop that evaluates the plane around an iteration of another. */
  async landscape(id: string, iteration: number): Promise<JobView> {
    const answer = (await this._ask(`loops/${encodeURIComponent(id)}/landscape`, { iteration })) as { job: unknown };
    return decodeJob(answer.job);
  }

  async status(): Promise<ServiceStatus> {
    return (await this._ask('status')) as ServiceStatus;
  }

  async diagnose(text: string, language = 'auto'): Promise<Diagnostic[]> {
    return ((await this._ask('diagnose', { text, language })) as { diagnostics: Diagnostic[] }).diagnostics;
  }

  /** Returns a circuit as layers for the circuit view: of a job, or of a text. */
  async draw(
    what: { job: string; circuit?: number; transpiled?: boolean } | { text: string; language?: string }
  ): Promise<unknown> {
    return this._ask('draw', what);
  }

  /** Where events come from, after the event `since` (-1: with a snapshot first). */
  eventsUrl(since: number): string {
    const { wsUrl, appendToken, token } = this.settings;
    const query: Record<string, string> = { since: String(since) };
    if (appendToken && token) {
      query.token = token;
    }
    return URLExt.join(wsUrl, BASE, 'events') + URLExt.objectToQueryString(query);
  }

  private async _ask(path: string, body?: unknown): Promise<unknown> {
    const url = URLExt.join(this.settings.baseUrl, BASE, path);
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this.settings);
    } catch {
      throw new ApiError('The Jupyter server does not answer.', 0);
    }
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      const message = (answer as { message?: unknown } | null)?.message;
      const fallback =
        response.status === 404 ? 'The Jupyter server runs without qmagic.' : `The server answered ${response.status}.`;
      throw new ApiError(typeof message === 'string' && message ? message : fallback, response.status);
    }
    return answer;
  }
}
