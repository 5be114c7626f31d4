/** A loop's numbers in words: what came out, what was seen, what it took. */

import { exact, grouped, short, withError } from '../views/numbers';
import type { Words } from '../views/view';
import type { Track } from './track';

/** Returns names and values. What was measured again comes first; the lowest of noisy values is called biased. */
export function figures(track: Track, words: Words): [string, string][] {
  const { state, columns, size } = track;
  const { final, why, exact: answer } = track.data;
  const found: [string, string][] = [];
  if (final) {
    const again = final.measured ? words.__('measured again with %1 fresh shots', grouped(final.measured)) : '';
    found.push([words.__('Result'), [measured(final.value, final.std), again].filter(Boolean).join(', ')]);
  } else if (size) {
    found.push([words.__('Value'), measured(columns.value[size - 1], columns.std[size - 1])]);
  }
  if (state.best !== null && (state.biased || !final)) {
    const name = state.biased ? words.__('Lowest seen') : words.__('Best so far');
    const at = words.__('iteration %1', grouped(state.best_iteration));
    const warning = state.biased ? words.__(', biased: it lies below the truth') : '';
    found.push([name, `${state.biased ? short(state.best) : exact(state.best)} (${at})${warning}`]);
  }
  if (answer !== null) {
    found.push([words.__('Exact answer'), exact(answer)]);
  }
  const of = state.maxiter
    ? words.__('%1 of at most %2', grouped(state.iteration), grouped(state.maxiter))
    : grouped(state.iteration);
  found.push([words.__('Iterations'), of], [words.__('Evaluations'), grouped(state.evaluations)]);
  if (state.spent_shots) {
    found.push([words.__('Shots'), grouped(state.spent_shots)]);
  }
  if (state.cost || state.budget !== null) {
    const money =
      state.budget === null
        ? words.__('%1 USD', dollars(state.cost))
        : words.__('%1 of %2 USD', dollars(state.cost), dollars(state.budget));
    found.push([words.__('Spent'), money]);
  }
  const reason = why && why !== 'asked for' ? ` (${why})` : '';
  found.push([words.__('Optimizer'), state.optimizer + reason]);
  if (final?.reason) {
    found.push([words.__('Ended'), final.reason]);
  }
  return found.filter(([, value]) => value !== '');
}

/** Returns an amount with two decimals, a small one with the first two that say something; as `Money` in money.py. */
function dollars(amount: number): string {
  const places = amount > 0 ? Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(amount)))) : 2;
  return amount.toLocaleString('en', { minimumFractionDigits: places, maximumFractionDigits: places });
}

export function measured(value: number, std: number): string {
  return std > 0 ? withError(value, std).join(' ± ') : exact(value);
}
