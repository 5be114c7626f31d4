/** Wilson's score interval for a probability: never outside 0 to 1, and honest for rare outcomes. */

/** The quantile of the normal distribution for 95 %. */
const Z = 1.959963984540054;

/** Returns the 95 % interval of the probability behind `count` of `shots`. Wilson, J. Am. Stat. Assoc. 22 (1927) 209. */
export function wilson(count: number, shots: number): [number, number] {
  if (shots <= 0) {
    return [0, 1];
  }
  const [p, zz] = [count / shots, Z * Z];
  const middle = (p + zz / (2 * shots)) / (1 + zz / shots);
  const half = (Z / (1 + zz / shots)) * Math.sqrt((p * (1 - p)) / shots + zz / (4 * shots * shots));
  return [count === 0 ? 0 : Math.max(0, middle - half), count === shots ? 1 : Math.min(1, middle + half)];
}
