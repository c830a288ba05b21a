// Money as decimal text. Amounts are never computed with floating point; a double is read by its shortest text alone.

/** What needs no change: most amounts there are. */
const TIDY = /^-?(?:[1-9]\d{0,17}(?:\.\d{1,18})?|0\.\d{0,17}[1-9])$/;
const PLAIN = /^-?\d+(\.\d+)?$/;
const EXPONENT = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/;

/**
 * The plain decimal text of a number as a platform wrote it ("12.30" stays "12.30"); null when it is none. Exponents are written
 * out up to 30 places: nobody's price needs more, and more would be an attack on our memory.
 */
export function decimalText(value: string | number): string | null {
  if (typeof value === 'string' && TIDY.test(value)) return value;
  const text = typeof value === 'number' ? (Number.isFinite(value) ? String(value) : '') : value.trim();
  if (text.length > 64) return null;
  if (PLAIN.test(text)) return text.replace(/^(-?)0+(?=\d)/, '$1').replace(/^-(0(?:\.0+)?)$/, '$1');
  const match = EXPONENT.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const places = Number(exponent);
  if (Math.abs(places) > 30) return null;
  return decimalText(sign + shifted(whole + fraction, whole.length + places));
}

/** Puts the decimal point after `point` digits. */
function shifted(digits: string, point: number): string {
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return digits + '0'.repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
