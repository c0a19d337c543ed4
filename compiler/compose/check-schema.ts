import { type JsonSchema, judgeBy, misfit } from '../model/conform.ts';
import schema from './schema/compose-spec.json' with { type: 'json' };

/**
 * A Compose file fits the schema of the specification.
 *
 * @throws Error that names the field: what the compiler wrote itself is wrong, which is a bug.
 */
export function checkSchema(file: unknown): void {
  const found = misfit(judgeBy(schema as JsonSchema), schema as JsonSchema, file);
  if (found !== undefined) throw new Error(`the rendered Compose file does not fit its schema: ${found}`);
}
