/**
 * Asks the server what is wrong with a text: one question at a time, none twice, and silence whenever it cannot say.
 *
 * A notebook with many cells asks for all of them when it opens, so that questions that nobody waits for any more are
 * left out. A server without our part is asked once.
 */

import type { Diagnostic } from '../api';

export type Ask = (text: string, language: string) => Promise<readonly Diagnostic[]>;

/** Texts whose answer is remembered. */
const MOST_KNOWN = 200;

export class Checker {
  constructor(private readonly _ask: Ask) {}

  /** Returns what is wrong with a text; null where nothing is known, or `wanted` says no when its turn comes. */
  async check(
    text: string,
    language: string,
    wanted: () => boolean = () => true
  ): Promise<readonly Diagnostic[] | null> {
    const key = `${language}\n${text}`;
    const known = this._known.get(key);
    if (known) {
      return known;
    }
    const answer = this._turn.then(() => this._known.get(key) ?? (wanted() ? this._answer(key, text, language) : null));
    this._turn = answer;
    return answer;
  }

  private async _answer(key: string, text: string, language: string): Promise<readonly Diagnostic[] | null> {
    if (this._absent) {
      return null;
    }
    try {
      const found = await this._ask(text, language);
      if (this._known.size >= MOST_KNOWN) {
        this._known.delete(this._known.keys().next().value!);
      }
      this._known.set(key, found);
      return found;
    } catch (error) {
      this._absent = (error as { status?: unknown }).status === 404;
      return null;
    }
  }

  private _turn: Promise<unknown> = Promise.resolve();
  private readonly _known = new Map<string, readonly Diagnostic[]>();
  private _absent = false;
}
