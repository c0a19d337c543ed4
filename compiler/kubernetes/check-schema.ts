import { type JsonSchema, type Judge, judgeBy, misfit } from '../model/conform.ts';
import schemas from './schema/kubernetes.json' with { type: 'json' };

/** The strict schemas of all kinds, ready to judge by. */
export function kubernetesJudge(): Judge {
  return judgeBy(schemas as JsonSchema);
}

/**
 * A manifest fits the strict schema of its kind: no unknown field, nothing missing, every type right.
 *
 * @throws Error that names the object and the field: what the compiler wrote itself is wrong, which is a bug.
 */
export function checkSchema(
  judge: Judge,
  json: { readonly kind: string; readonly metadata: { readonly name: string } },
): void {
  const schema = judge.root.properties?.[json.kind];
  if (schema === undefined) throw new Error(`there is no schema for ${json.kind}`);
  const found = misfit(judge, schema, json);
  if (found !== undefined) throw new Error(`${json.kind} ${json.metadata.name} does not fit its schema: ${found}`);
}
