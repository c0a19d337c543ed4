/**
 * The value of a plain scalar in the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema): `no` is text,
 * `0o17` is 15, `017` is 17. `unsafe` is a number that JavaScript cannot hold exactly or at all.
 */
export function resolvePlain(text: string): null | boolean | number | string | { readonly unsafe: true } {
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
  }
  if (!startsNumber.test(text)) return text;
  if (integer.test(text)) return safe(Number(text.replace(/^[-+]?0o/, '0o').replace('+', '')), true);
  if (float.test(text)) return safe(Number(text), false);
  return special.test(text) ? { unsafe: true } : text;
}

const startsNumber = /^[-+.0-9]/;
const integer = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const special = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function safe(number: number, whole: boolean): number | { readonly unsafe: true } {
  if (!Number.isFinite(number) || (whole && !Number.isSafeInteger(number))) return { unsafe: true };
  return Object.is(number, -0) ? 0 : number;
}
