/** Several lines as the plot takes them: thinned, over one x axis. No DOM. */

import type uPlot from 'uplot';
import type { Line } from './lines';
import { thin } from './thin';

/** Returns thinned lines over one x axis, as uPlot takes them: null where a line has no point. */
export function gathered(
  lines: readonly Line[],
  range: readonly [number, number],
  stretches: number
): uPlot.AlignedData {
  const kept = lines.map(line => thin(line.x, line.y, range, stretches));
  const x = [...new Set(kept.flatMap((places, i) => places.map(place => lines[i].x[place])))].sort((a, b) => a - b);
  const where = new Map(x.map((value, i) => [value, i]));
  const columns: (number | null)[][] = [];
  lines.forEach((line, i) => {
    const put = (of: (place: number) => number): void => {
      const column = new Array<number | null>(x.length).fill(null);
      kept[i].forEach(place => (column[where.get(line.x[place])!] = of(place)));
      columns.push(column);
    };
    put(place => line.y[place]);
    if (line.std) {
      const { std } = line;
      put(place => line.y[place] - std[place]);
      put(place => line.y[place] + std[place]);
    }
  });
  return [x, ...columns];
}
