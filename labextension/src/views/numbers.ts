/** How numbers are written for people: as many digits as they carry. The same rules as in qmagic/display/numbers.py. */

/** Returns "12.5 %", "0.127 %"; what is seen but rounds to nothing is "<0.001 %". */
export function percent(fraction: number): string {
  if (fraction > 0 && fraction < 0.000005) {
    return '<0.001 %';
  }
  if (fraction >= 0.9995 && fraction < 1) {
    return '>99.9 %';
  }
  const decimals = fraction >= 0.00995 || fraction === 0 ? 1 : fraction >= 0.000995 ? 2 : 3;
  return `${(fraction * 100).toFixed(decimals)} %`;
}

/** Returns a count with separators. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Returns a computed value with 8 digits; rounding noise below 1e-12 is 0. */
export function exact(value: number): string {
  const rounded = Math.abs(value) < 5e-13 ? 0 : Number(value.toPrecision(8));
  return minus(String(rounded));
}

/** Returns a value of an axis with 6 digits. */
export function short(value: number): string {
  return minus(String(Math.abs(value) < 5e-13 ? 0 : Number(value.toPrecision(6))));
}

/** Returns a measured value and its standard error, both to the error's second digit. */
export function withError(value: number, error: number): [string, string] {
  if (!(error > 0) || !Number.isFinite(error) || !Number.isFinite(value)) {
    return [exact(value), exact(error)];
  }
  const decimals = Math.min(15, Math.max(0, 1 - Math.floor(Math.log10(error))));
  const shown = value.toFixed(decimals);
  return [minus(Number(shown) === 0 ? shown.replace('-', '') : shown), error.toFixed(decimals)];
}

/** Returns an angle in units of π, to two decimals: "0.25π". */
export function angle(radians: number): string {
  const times = radians / Math.PI;
  for (const below of [1, 2, 3, 4, 6, 8]) {
    const above = Math.round(times * below);
    if (Math.abs(above - times * below) < 1e-4) {
      const size = Math.abs(above);
      return above === 0
        ? '0'
        : minus(`${above < 0 ? '-' : ''}${size === 1 ? '' : size}π${below === 1 ? '' : `/${below}`}`);
    }
  }
  return minus(`${times.toFixed(2)}π`);
}

/** Returns the text with a real minus sign. */
export function minus(text: string): string {
  return text.replace('-', '\u2212');
}
