/** The state of a small circuit, gate by gate: a slider walks through the steps, three tabs look at each. */

import { drawAmplitudes, phaseWheel } from './amplitudes';
import { drawBloch } from './bloch';
import type { StateTrace } from './bundle';
import { choice } from './choice';
import { drawDensity, MOST_QUBITS } from './density';
import { button, html, setText } from './make';
import { decode, type PureState } from './quantum';
import { wordsOf, type View, type ViewOptions, type Words } from './view';

type Look = 'amplitudes' | 'bloch' | 'density';

export function mountState(element: HTMLElement, data: StateTrace, options: ViewOptions = {}): View<StateTrace> {
  const view = new StateView(element, wordsOf(options));
  view.update(data);
  return view;
}

class StateView implements View<StateTrace> {
  constructor(
    private readonly _element: HTMLElement,
    private readonly _words: Words
  ) {
    const looks = [
      ['amplitudes', _words.__('Amplitudes')],
      ['bloch', _words.__('Bloch vectors')],
      ['density', _words.__('Density matrix')]
    ] as const;
    const tabs = choice<Look>(_words.__('Look at'), looks, 'amplitudes', look => {
      this._look = look;
      this._draw();
    });
    this._slider = html('input', { type: 'range', min: 0, step: 1, 'aria-label': _words.__('step') });
    this._slider.addEventListener('input', () => this._go(Number(this._slider.value)));
    const back = button('‹', () => this._go(this._step - 1), {
      'aria-label': _words.__('previous gate'),
      class: 'qmv-Button qmv-mod-icon'
    });
    const on = button('›', () => this._go(this._step + 1), {
      'aria-label': _words.__('next gate'),
      class: 'qmv-Button qmv-mod-icon'
    });
    this._walk = html('div', { class: 'qmv-Walk' }, back, this._slider, on, this._where);
    const frame = html(
      'div',
      { class: 'qmv qmv-State' },
      html('div', { class: 'qmv-Tools' }, tabs),
      this._walk,
      this._body
    );
    _element.replaceChildren(frame);
  }

  update(data: StateTrace): void {
    this._data = data;
    this._states = decode(data);
    this._slider.max = String(data.steps.length - 1);
    this._walk.hidden = data.steps.length < 2;
    this._go(data.steps.length - 1);
  }

  dispose(): void {
    this._element.replaceChildren();
  }

  private _go(step: number): void {
    this._step = Math.min(Math.max(0, step), this._data.steps.length - 1);
    this._slider.value = String(this._step);
    const { steps } = this._data;
    const what = this._step ? this._words.__('after %1', steps[this._step]) : steps[0];
    this._slider.setAttribute('aria-valuetext', what);
    setText(this._where, `${this._step} / ${steps.length - 1} · ${what}`);
    this._draw();
  }

  private _draw(): void {
    const state = this._states[this._step];
    const { _words: words } = this;
    const drawn = { amplitudes: drawAmplitudes, bloch: drawBloch, density: drawDensity }[this._look](state, words);
    this._body.replaceChildren(drawn);
    if (this._look === 'amplitudes' || (this._look === 'density' && state.qubits <= MOST_QUBITS)) {
      this._body.append(phaseWheel(words));
    }
  }

  private readonly _slider: HTMLInputElement;
  private readonly _walk: HTMLElement;
  private readonly _where = html('span', { class: 'qmv-Where' });
  private readonly _body = html('div', { class: 'qmv-State-body' });
  private _data!: StateTrace;
  private _states: PureState[] = [];
  private _look: Look = 'amplitudes';
  private _step = 0;
}
