/**
 * Repeated runs of one circuit: for each outcome a dot for each run, at its distance from the mean of all runs. The band
 * is what shot noise alone would give; all rows share one scale, so that the outcome that drifts stands out.
 */

import { bitstring } from './bitstring';
import type { Scattered, ScatteredOutcome } from './bundle';
import { html } from './make';
import { grouped, percent } from './numbers';
import { wordsOf, type View, type ViewOptions, type Words } from './view';

export function mountScattered(element: HTMLElement, data: Scattered, options: ViewOptions = {}): View<Scattered> {
  const update = (now: Scattered): void => {
    const words = wordsOf(options);
    const reach = reachOf(now);
    const hidden = (text: string): HTMLElement =>
      html('th', { scope: 'col' }, html('span', { class: 'qmv-hidden' }, text));
    const names = [words.__('mean'), words.__('std'), words.__('shot noise')];
    const heads = names.map(name => html('th', { scope: 'col' }, name));
    const body = now.outcomes.map(one => drawRow(one, reach, words));
    if (now.leftOut > 0) {
      const others = words.__('%1 others', grouped(now.leftOut));
      body.push(html('tr', { class: 'qmv-soft' }, html('th', { scope: 'row' }, others)));
    }
    const table = html(
      'table',
      { class: 'qmv-Table qmv-Bars qmv-mod-scattered' },
      html('thead', {}, html('tr', {}, hidden(words.__('outcome')), hidden(words.__('runs')), ...heads)),
      html('tbody', {}, ...body),
      foot(reach, words)
    );
    element.replaceChildren(html('div', { class: 'qmv' }, table, html('div', { class: 'qmv-Note' }, now.note)));
  };
  update(data);
  return { update, dispose: () => element.replaceChildren() };
}

/** Returns the largest distance from a mean that the scale has to hold; above 0. */
function reachOf(data: Scattered): number {
  const far = data.outcomes.flatMap(one => [one.shotNoise, ...one.runs.map(run => Math.abs(run - one.mean))]);
  return 1.08 * Math.max(0, ...far) || 0.01;
}

function drawRow(one: ScatteredOutcome, reach: number, words: Words): HTMLElement {
  const at = (distance: number): number => 50 * (1 + distance / reach);
  const width = (100 * one.shotNoise) / reach;
  const band = html('div', { class: 'qmv-Band qmv-fill0', style: `left:${at(-one.shotNoise)}%;width:${width}%` });
  const middle = html('div', { class: 'qmv-GridLine qmv-mod-zero', style: 'left:50%' });
  const dots = one.runs.map((run, n) =>
    html('div', {
      class: 'qmv-RunDot qmv-fill0',
      style: `left:${at(run - one.mean)}%`,
      title: words.__('run %1: %2', n + 1, percent(run))
    })
  );
  return html(
    'tr',
    {},
    html('th', { scope: 'row' }, bitstring(one.label, [one.label.length])),
    html('td', { class: 'qmv-Bar' }, html('div', { class: 'qmv-Track' }, band, middle, ...dots)),
    html('td', {}, percent(one.mean)),
    html('td', {}, percent(one.std)),
    html('td', { class: 'qmv-soft' }, percent(one.shotNoise))
  );
}

function foot(reach: number, words: Words): HTMLElement {
  const far = percent(0.8 * reach); // far enough apart to be read in a narrow cell
  const ticks = [[10, `−${far}`] as const, [50, words.__('mean')] as const, [90, `+${far}`] as const];
  const marks = ticks.map(([left, text]) => html('span', { style: `left:${left}%` }, text));
  const cells = [1, 2, 3].map(() => html('td'));
  const row = html('div', { class: 'qmv-Ticks' }, ...marks);
  return html(
    'tfoot',
    { 'aria-hidden': 'true' },
    html('tr', {}, html('td'), html('td', { class: 'qmv-Bar' }, row), ...cells)
  );
}
