/** The icon of OpenQASM files: two wires and a controlled not. */

import { LabIcon } from '@jupyterlab/ui-components';

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 22 22" fill="none">
  <g class="jp-icon3" stroke="#616161" stroke-width="1.6" stroke-linecap="round">
    <path d="M2 7h18M2 15h18M11 7v11"/>
    <circle cx="11" cy="15" r="3.2"/>
  </g>
  <circle class="jp-icon3" fill="#616161" cx="11" cy="7" r="2.2"/>
</svg>`;

export const qasmIcon = new LabIcon({ name: 'qmagic:openqasm', svgstr: SVG });
