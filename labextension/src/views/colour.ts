/** Colours that carry numbers: signs, and phases. Both read well on light and on dark paper. */

/** Returns the colour of a number from -1 (orange) over 0 (pale) to 1 (blue). */
export function diverging(value: number): string {
  const size = Math.min(1, Math.abs(value));
  const [near, far] =
    value < 0
      ? [
          [0.97, 0, 48],
          [0.62, 0.17, 48]
        ]
      : [
          [0.97, 0, 260],
          [0.52, 0.17, 260]
        ];
  const mixed = near.map((one, i) => one + (far[i] - one) * size);
  return `oklch(${mixed[0].toFixed(3)} ${mixed[1].toFixed(3)} ${mixed[2].toFixed(1)})`;
}

/** Returns the colour of a phase in radians: a full turn goes once round the wheel, at one lightness. */
export function phaseColour(radians: number): string {
  const hue = ((((radians / (2 * Math.PI)) * 360 + 255) % 360) + 360) % 360;
  return `oklch(0.66 0.15 ${hue.toFixed(1)})`;
}
