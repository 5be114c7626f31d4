/** The icons of this extension. They take the theme's colours by JupyterLab's own classes. */

import { LabIcon } from '@jupyterlab/ui-components';
import type { JobStatus } from './protocol';

/** A state on the Bloch sphere: qmagic. */
export const qmagicIcon = new LabIcon({
  name: 'qmagic:jobs',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3 jp-icon-selectable" stroke="#616161" style="fill: none" stroke-width="1.8" stroke-linecap="round">
    <circle cx="12" cy="12" r="9"/><path d="M3 12c0 1.9 4 3.4 9 3.4s9-1.5 9-3.4" opacity=".75"/><path d="M12 12l3.4-4.9"/>
  </g><circle class="jp-icon3 jp-icon-selectable" fill="#616161" cx="15.9" cy="6.4" r="2.1"/></svg>`
});

/** A Bell circuit, at the size of a launcher's card. */
export const tutorialIcon = new LabIcon({
  name: 'qmagic:tutorial',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 24 24">
  <g class="jp-icon3" stroke="#616161" style="fill: none" stroke-width="1.3" stroke-linecap="round">
    <path d="M1.5 7.5h4M12.5 7.5h10M1.5 17h21M17 7.5v12M7.8 5.6v3.8M10.2 5.6v3.8M7.8 7.5h2.4"/>
    <rect x="5.5" y="4" width="7" height="7" rx="1"/><circle cx="17" cy="17" r="2.5"/>
  </g><circle class="jp-icon3" fill="#616161" cx="17" cy="7.5" r="1.4"/></svg>`
});

const SHAPES = {
  wait: '<circle cx="8" cy="8" r="6" /><path d="M8 4.6V8l2.3 1.6" />',
  held: '<circle cx="8" cy="8" r="6" /><path d="M6.4 5.6v4.8M9.6 5.6v4.8" />',
  run: '<circle cx="8" cy="8" r="6" class="qm-Icon-track" /><path d="M8 2a6 6 0 0 1 6 6" class="qm-Icon-spin" />',
  doubt: '<circle cx="8" cy="8" r="6" /><path d="M6.4 6.4a1.7 1.7 0 1 1 2.4 1.5c-.5.3-.8.6-.8 1.3M8 11.3v.1" />',
  done: '<circle cx="8" cy="8" r="6" /><path d="m5.4 8.2 1.9 1.9 3.4-4" />',
  fail: '<circle cx="8" cy="8" r="6" /><path d="m6 6 4 4M10 6l-4 4" />',
  stop: '<circle cx="8" cy="8" r="6" /><path d="M3.8 12.2l8.4-8.4" />',
  search: '<circle cx="7" cy="7" r="4.2" /><path d="m10.2 10.2 3.4 3.4" />',
  close: '<path d="m4 4 8 8M12 4l-8 8" />',
  fold: '<path d="m6 4 4 4-4 4" />',
  offline:
    '<path d="M8 12.4v.1M5.7 10a3.4 3.4 0 0 1 4.6 0M3.4 7.5a7 7 0 0 1 2.2-1.4M12.6 7.5a7 7 0 0 0-3.4-1.7M2.5 2.5l11 11" />'
};

export type Shape = keyof typeof SHAPES;

const STATUS_SHAPE: Record<JobStatus, Shape> = {
  CREATED: 'wait',
  HELD: 'held',
  READY: 'wait',
  SUBMITTING: 'wait',
  IN_DOUBT: 'doubt',
  QUEUED: 'wait',
  RUNNING: 'run',
  FETCHING: 'run',
  CANCELLING: 'run',
  DONE: 'done',
  FAILED: 'fail',
  CANCELLED: 'stop',
  LOST: 'doubt'
};

/** Returns the drawing for a status: hidden from screen readers, since a word stands beside it. */
export function statusIcon(status: JobStatus): SVGElement {
  return drawing(STATUS_SHAPE[status]);
}

/** Returns a small line drawing in the colour of the text. */
export function drawing(shape: Shape): SVGElement {
  const cached = (DRAWN[shape] ??= parse(shape));
  return cached.cloneNode(true) as SVGElement;
}

const DRAWN: Partial<Record<Shape, SVGElement>> = {};

function parse(shape: Shape): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `qm-Icon qm-mod-${shape}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.innerHTML = SHAPES[shape]; // a constant of this file
  return svg;
}
