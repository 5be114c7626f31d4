/** The icon of OpenQASM files: a controlled not on two wires. */

import { LabIcon } from '@jupyterlab/ui-components';

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 22 22">
  <g class="jp-icon-contrast1 jp-icon-selectable" stroke="#43a047" style="fill: none" stroke-width="1.7" stroke-linecap="round">
    <path d="M1.5 5.5h19M1.5 15h19M11 5.5v14"/><circle cx="11" cy="15" r="4.5"/>
  </g>
  <circle class="jp-icon-contrast1 jp-icon-selectable" fill="#43a047" cx="11" cy="5.5" r="2.8"/>
</svg>`;

export const qasmIcon = new LabIcon({ name: 'qmagic:openqasm', svgstr: SVG });
