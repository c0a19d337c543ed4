import { type JsonSchema, judgeBy, misfit } from '../model/conform.ts';
import schema from './schema/compose-spec.json' with { type: 'json' };

/** The first way in which a Compose file does not fit the schema of the specification; undefined when it fits. */
export function schemaMisfit(file: unknown): string | undefined {
  return misfit(judgeBy(schema as JsonSchema), schema as JsonSchema, file);
}
