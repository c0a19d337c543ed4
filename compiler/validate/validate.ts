import type { Finding } from '../../schema/diagnostic.ts';
import type { Document } from '../../schema/document.ts';
import type { Spec } from '../../schema/spec.ts';
import { validate as check } from '../../schema/validator.generated.mjs';
import { environmentFindings } from './environment-findings.ts';
import { fill } from './fill.ts';
import { schemaFindings } from './schema-findings.ts';
import { topShape } from './shape-at.ts';
import { shortFormFindings } from './short-forms.ts';

export interface ValidateResult {
  /** Long forms, defaults filled in, maps of ids sorted. Absent when there is an error. */
  readonly spec?: Spec;
  /** Every mistake, one for each place. */
  readonly findings: readonly Finding[];
}

/** The document against the schema of the language. Pure; the order of keys in the file leaves no trace in `spec`. */
export function validate(document: Document): ValidateResult {
  const fits = check(document.tree);
  const findings = [
    ...(fits ? [] : schemaFindings(document.tree, check.errors ?? [])),
    ...shortFormFindings(document),
    ...environmentFindings(document),
  ];
  if (findings.length > 0) return { findings };
  // The schema was just checked, and the types are generated from the same schema.
  return { spec: fill(document.tree, topShape()) as unknown as Spec, findings };
}
