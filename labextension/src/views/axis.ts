/** Where a linear axis has its ticks, and what stands there. */

import { minus } from './numbers';

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
}

const PI_STEPS = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16];

/** Returns an axis that holds all `values` (finite numbers), with about `most` ticks; `round` moves the ends to ticks. */
export function scale(values: readonly number[], most = 5, round = true, angles = false): Scale {
  const finite = values.filter(Number.isFinite);
  let [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  if (high - low <= 1e-12 * Math.max(Math.abs(low), Math.abs(high), 1e-60)) {
    const pad = Math.abs(low) / 2 || 0.5;
    [low, high] = [low - pad, high + pad];
  }
  if (angles && high - low > 0.1 && isAngle(low) && isAngle(high)) {
    const step = PI_STEPS.find(one => (high - low) / Math.PI / one <= most + 0.5) ?? 16;
    return { low, high, ticks: between(low, high, step * Math.PI, k => piLabel(k * step)) };
  }
  const step = roundStep((high - low) / most);
  if (round) {
    [low, high] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  }
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)) + (isQuarter(step) ? 1 : 0);
  return { low, high, ticks: between(low, high, step, k => minus(tickText(k * step, decimals))) };
}

/** Returns where a value lies on the axis: 0 at its low end, 1 at its high end. */
export function place(axis: Scale, value: number): number {
  return (value - axis.low) / (axis.high - axis.low);
}

function between(low: number, high: number, step: number, label: (k: number) => string): Tick[] {
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => ({ value: (first + i) * step, label: label(first + i) }));
}

function tickText(value: number, decimals: number): string {
  return decimals > 5 || Math.abs(value) >= 1e6 ? String(Number(value.toPrecision(6))) : value.toFixed(decimals);
}

function roundStep(least: number): number {
  const unit = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 2.5, 5, 10].map(one => one * unit).find(one => one >= least * (1 - 1e-9)) ?? 10 * unit;
}

function isQuarter(step: number): boolean {
  return step < 10 && step.toExponential(1).startsWith('2.5');
}

function isAngle(value: number): boolean {
  const times = (value / Math.PI) * 24;
  return Math.abs(value) <= 64 * Math.PI && Math.abs(times - Math.round(times)) < 1e-9;
}

function piLabel(times: number): string {
  let [above, below] = [Math.round(Math.abs(times) * 16), 16];
  while (above % 2 === 0 && below > 1) {
    [above, below] = [above / 2, below / 2];
  }
  return above === 0
    ? '0'
    : minus(`${times < 0 ? '-' : ''}${above === 1 ? '' : above}π${below === 1 ? '' : `/${below}`}`);
}

/** Returns the scale of percents: only the last tick says what the numbers are. */
export function percents(top: number): Scale {
  const found = scale([0, top * 100], 4);
  const ticks = found.ticks
    .filter(tick => tick.value <= 100.0001)
    .map(tick => ({ value: tick.value / 100, label: tick.label }));
  const last = ticks[ticks.length - 1];
  ticks[0] = { value: 0, label: '0' };
  ticks[ticks.length - 1] = { value: last.value, label: `${last.label} %` };
  return { low: 0, high: Math.min(1, found.high / 100), ticks };
}
