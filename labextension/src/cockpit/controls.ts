/** The buttons that steer a loop, the settings that can be changed on the way, and the fork. */

import { button, html, setText } from '../views/make';
import { wordsOf, type Words } from '../views/view';
import type { LoopState } from './read';

export type OrderKind = 'pause' | 'step' | 'resume' | 'stop' | 'set';
export type Settings = Readonly<Record<string, number | string>>;

/** Where orders go. Without `order` there are no buttons. A rejected promise's message is shown. */
export interface Doors {
  /** Resolves with the order's number, once it is on disk. */
  readonly order?: (kind: OrderKind, settings: Settings) => Promise<number>;
  /** Starts another loop that goes the same way up to an iteration. */
  readonly fork?: (iteration: number, settings: Settings) => Promise<void>;
}

/** What the controls must know. */
export interface Steered {
  readonly state: LoopState;
  readonly ended: boolean;
  readonly online: boolean;
  /** The iteration that was picked on the curve; 0: none. */
  readonly picked: number;
}

const OPTIMIZERS = [
  'spsa',
  'adam',
  'gradient-descent',
  'cma',
  'cobyla',
  'cobyqa',
  'nelder-mead',
  'powell',
  'l-bfgs-b',
  'slsqp'
];

export class Controls {
  constructor(
    private readonly _doors: Doors,
    private readonly _told: (trouble: string) => void,
    options: { words?: Words } = {}
  ) {
    const words = (this._words = wordsOf(options));
    const give = (kind: OrderKind) => () => void this._give(kind, {});
    this._pause = button(words.__('Pause'), give('pause'));
    this._step = button(words.__('Step'), give('step'), { title: words.__('One iteration, then pause') });
    this._resume = button(words.__('Resume'), give('resume'));
    this._stop = button(words.__('Stop and keep best'), give('stop'), { class: 'qmv-Button qmv-mod-cancel' });
    this._fork = button(words.__('Fork'), () => void this._forkNow(), {
      title: words.__('Start another loop that goes the same way up to this iteration')
    });
    this._apply = button(words.__('Change from here on'), () => void this._set());
    const optimizer = html('select', { name: 'optimizer' }, ...['', ...OPTIMIZERS].map(one => html('option', {}, one)));
    this._fields = { optimizer, shots: field(1), maxiter: field(1), learning_rate: field('any') };
    const label = (text: string, node: HTMLElement): HTMLElement => html('label', {}, text, node);
    const form = html(
      'div',
      { class: 'qmv-Loop-settings' },
      label(words.__('Shots'), this._fields.shots),
      label(words.__('Iterations at most'), this._fields.maxiter),
      label(words.__('Learning rate'), this._fields.learning_rate),
      label(words.__('Optimizer'), this._fields.optimizer),
      this._apply
    );
    this._fold = html('details', { class: 'qmv-Fold' }, html('summary', {}, words.__('Settings')), form);
    const row = html(
      'div',
      { class: 'qmv-Tools qmv-Loop-orders' },
      this._pause,
      this._step,
      this._resume,
      this._stop,
      this._fork
    );
    this.node.append(row, this._fold);
    this.node.hidden = !_doors.order && !_doors.fork;
  }

  readonly node = html('div', { class: 'qmv-Loop-controls' });

  /** What has been ordered and is not yet obeyed, as a word; "" where there is nothing. */
  pending(obeyed: number): string {
    return this._asked && obeyed < this._asked.number ? this._asked.word : '';
  }

  show(now: Steered): void {
    this._now = now;
    const { state, ended, online, picked } = now;
    const paused = state.phase === 'paused';
    const hidden = ended || !this._doors.order;
    this._pause.hidden = hidden || paused;
    this._resume.hidden = hidden || !paused;
    this._step.hidden = this._stop.hidden = this._fold.hidden = hidden;
    for (const one of [this._pause, this._step, this._resume, this._stop, this._apply, this._fork]) {
      one.disabled = !online || this._busy;
    }
    this._pause.disabled ||= state.phase === 'measuring';
    this._fork.hidden = !this._doors.fork || picked === 0;
    setText(this._fork, this._words.__('Fork from iteration %1', picked));
    const { shots, maxiter, learning_rate, optimizer } = this._fields;
    shots.placeholder = state.shots === null ? this._words.__('exact') : String(state.shots);
    maxiter.placeholder = String(state.maxiter || '');
    learning_rate.placeholder =
      state.learning_rate === null ? this._words.__('automatic') : String(state.learning_rate);
    optimizer.options[0].text = state.optimizer;
    optimizer.options[0].value = '';
  }

  private _settings(): Settings {
    const changed: Record<string, number | string> = {};
    const { optimizer, ...numbers } = this._fields;
    for (const [name, input] of Object.entries(numbers)) {
      if (input.value !== '') {
        changed[name] = Number(input.value);
      }
    }
    if (optimizer.value) {
      changed.optimizer = optimizer.value;
    }
    return changed;
  }

  private _empty(): void {
    Object.values(this._fields).forEach(one => (one.value = ''));
  }

  private async _set(): Promise<void> {
    const settings = this._settings();
    if (Object.keys(settings).length === 0) {
      this._told(this._words.__('Nothing was changed: write a number into a field first.'));
      return;
    }
    if (await this._give('set', settings)) {
      this._empty();
    }
  }

  private async _give(kind: OrderKind, settings: Settings): Promise<boolean> {
    return this._try(async () => {
      const number = await this._doors.order!(kind, settings);
      this._asked = { number, word: pendingWord(kind, this._words) };
    });
  }

  private async _forkNow(): Promise<void> {
    const picked = this._now?.picked ?? 0;
    await this._try(() => this._doors.fork!(picked, this._settings()));
  }

  private async _try(act: () => Promise<void>): Promise<boolean> {
    this._busy = true;
    this._refresh();
    let trouble = '';
    try {
      await act();
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
    }
    this._busy = false;
    this._refresh();
    this._told(trouble);
    return trouble === '';
  }

  private _refresh(): void {
    if (this._now) {
      this.show(this._now);
    }
  }

  private readonly _words: Words;
  private readonly _pause: HTMLButtonElement;
  private readonly _step: HTMLButtonElement;
  private readonly _resume: HTMLButtonElement;
  private readonly _stop: HTMLButtonElement;
  private readonly _fork: HTMLButtonElement;
  private readonly _apply: HTMLButtonElement;
  private readonly _fold: HTMLDetailsElement;
  private readonly _fields: {
    readonly optimizer: HTMLSelectElement;
    readonly shots: HTMLInputElement;
    readonly maxiter: HTMLInputElement;
    readonly learning_rate: HTMLInputElement;
  };
  private _now: Steered | null = null;
  private _busy = false;
  private _asked: { number: number; word: string } | null = null;
}

function field(step: number | 'any'): HTMLInputElement {
  return html('input', { type: 'number', min: step === 'any' ? 0 : 1, step });
}

function pendingWord(kind: OrderKind, words: Words): string {
  const names: Record<OrderKind, string> = {
    pause: words.__('pausing…'),
    step: words.__('stepping…'),
    resume: words.__('resuming…'),
    stop: words.__('stopping…'),
    set: words.__('changing settings…')
  };
  return names[kind];
}
