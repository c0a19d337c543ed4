import { exitCode } from './exit-code.ts';

/** `autogit schema`: the JSON Schema on standard output. */
export async function runSchema(): Promise<number> {
  const { default: schema } = await import('../schema/autogit.schema.json', { with: { type: 'json' } });
  process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return exitCode.fine;
}
