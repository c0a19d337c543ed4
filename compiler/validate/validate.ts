import type { Finding } from '../../schema/diagnostic.ts';
import type { Document } from '../../schema/document.ts';
import language from '../../schema/language.generated.json' with { type: 'json' };
import type { Spec } from '../../schema/spec.ts';
import { type JsonSchema, judgeBy, misfit } from '../model/conform.ts';
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
export async function validate(document: Document): Promise<ValidateResult> {
  const findings = [
    ...(await misfits(document.tree)),
    ...shortFormFindings(document),
    ...environmentFindings(document),
  ];
  if (findings.length > 0) return { findings };
  // The schema was just checked, and the types are generated from the same schema.
  return { spec: fill(document.tree, topShape()) as unknown as Spec, findings };
}

/**
 * A file that fits is judged by the schema as data, a tenth of what the compiled validator takes to load. That one finds
 * everything that is wrong in a file that does not fit. A test compares what the two accept.
 */
async function misfits(tree: Document['tree']): Promise<readonly Finding[]> {
  const schema = language as JsonSchema;
  if (misfit(judgeBy(schema), schema, tree) === undefined) return [];
  const { validate: check } = await import('../../schema/validator.generated.mjs');
  return check(tree) ? [] : schemaFindings(tree, check.errors ?? []);
}
