import type { Finding } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import type { SchemaError } from '../../schema/validator.generated.mjs';
import { pointerTo } from '../model/pointer.ts';
import { notExactlyOne, outOfRange, twice, wrongCount, wrongForm } from './form-findings.ts';
import { notKnown, wrongUse } from './known-findings.ts';
import type { Noted, Sentence } from './mistake.ts';
import { keysOf, spotAt } from './shape-at.ts';
import { missingKey, wrongType } from './type-findings.ts';
import { unknownKey } from './unknown-key.ts';

/** Above this many findings no more hints are worked out, so that any file is judged within a second. */
const hinted = 300;

/** What each keyword of the schema means to the user. Keywords that are not here only join others. */
const sentences: Readonly<Record<string, Sentence>> = {
  type: wrongType,
  required: missingKey,
  additionalProperties: unknownKey,
  enum: notKnown,
  const: notKnown,
  discriminator: wrongUse,
  pattern: wrongForm,
  minimum: outOfRange,
  maximum: outOfRange,
  multipleOf: outOfRange,
  minItems: wrongCount,
  maxItems: wrongCount,
  maxLength: wrongCount,
  minProperties: wrongCount,
  uniqueItems: twice,
  oneOf: notExactlyOne,
};

/** The validator's errors as findings: one for each place, the most telling one. */
export function schemaFindings(tree: Value, errors: readonly SchemaError[]): readonly Finding[] {
  const found = new Map<string, Noted>();
  for (const error of errors.toSorted((a, b) => rank(a) - rank(b))) {
    const sentence = sentences[error.keyword];
    if (sentence === undefined || isBranchNote(error)) continue;
    const pointer =
      error.propertyName === undefined ? error.instancePath : pointerTo(error.instancePath, error.propertyName);
    const keys = keysOf(pointer);
    const [spot, parent] = [spotAt(tree, keys), spotAt(tree, keys.slice(0, -1))];
    const finding = sentence({ error, pointer, keys, spot, parent, withHint: found.size < hinted });
    if (finding === undefined) continue;
    const place = `${finding.pointer}\n${finding.at ?? 'value'}${finding.code === 'AG202' ? finding.message : ''}`;
    if (!found.has(place)) found.set(place, finding);
  }
  return withoutMisspelt([...found.values()]);
}

/** A misspelt key that must be there is one mistake, not an unknown key and a missing one. */
function withoutMisspelt(findings: readonly Noted[]): readonly Finding[] {
  const meant = new Set(findings.flatMap(({ means }) => means ?? []));
  return findings.filter(({ code, misses }) => code !== 'AG202' || misses === undefined || !meant.has(misses));
}

/** A wrong type makes every other complaint about the same value pointless. */
function rank({ keyword }: SchemaError): number {
  return ['type', 'discriminator', 'required', 'enum', 'const', 'pattern'].indexOf(keyword) + 1 || 7;
}

/** `required` inside the `oneOf` that spells `x-exactly-one`; the `oneOf` itself tells it. */
function isBranchNote({ keyword, schemaPath }: SchemaError): boolean {
  return keyword === 'required' && schemaPath.includes('/oneOf/');
}
