/**
 * Decimal digits of a double, exactly, and rounded half to even as C does.
 *
 * `Number.prototype.toFixed` and `toExponential` round exact ties up and end
 * at 100 digits, so they print `2.5` with no decimals as `3` where C and Perl
 * print `2`.
 *
 * @module
 */

const view = new DataView(new ArrayBuffer(8));

/** `n` as `mantissa * 2 ** exponent`, exactly. `n` is finite and not negative. */
function parts(n: number): [mantissa: bigint, exponent: number] {
  view.setFloat64(0, n);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return biased === 0 ? [fraction, -1074] : [fraction | (1n << 52n), biased - 1075];
}

/** `n * 10 ** power`, rounded to an integer, half to even. */
function scaled(n: number, power: number): bigint {
  const [mantissa, exponent] = parts(n);
  let top = mantissa;
  let bottom = 1n;
  if (power >= 0) top *= 10n ** BigInt(power);
  else bottom *= 10n ** BigInt(-power);
  if (exponent >= 0) top <<= BigInt(exponent);
  else bottom <<= BigInt(-exponent);
  const quotient = top / bottom;
  const twice = (top % bottom) * 2n;
  if (twice > bottom || (twice === bottom && (quotient & 1n) === 1n)) return quotient + 1n;
  return quotient;
}

/** `n` with `count` decimals; with `point`, a point even where there are none. */
export function decimals(n: number, count: number, point: boolean): string {
  const all = scaled(n, count).toString().padStart(count + 1, "0");
  const whole = all.slice(0, all.length - count);
  return count === 0 ? whole + (point ? "." : "") : `${whole}.${all.slice(-count)}`;
}

/** `count` significant digits of `n`, and the power of ten of the first one. */
export function significant(n: number, count: number): [digits: string, exponent: number] {
  if (n === 0) return ["0".repeat(count), 0];
  // The shortest form tells the power, except next to a power of ten: then try again.
  let exponent = Number(n.toExponential().split("e")[1]);
  while (true) {
    const digits = scaled(n, count - 1 - exponent).toString();
    if (digits.length === count) return [digits, exponent];
    exponent += digits.length > count ? 1 : -1;
  }
}
