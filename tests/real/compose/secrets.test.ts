import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeSecretFiles } from '../../../cli/write-secret-files.ts';
import { composeConfig } from './compose-config.ts';

it('docker compose reads each secret from the .env file as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-env-'));
  try {
    const text = fc.string({ unit: fc.constantFrom(...'ab $\'"\\{}#=`\n\t%!ä'), minLength: 1, maxLength: 12 });
    const values = fc.sample(text, { numRuns: 60, seed: 7 });
    const ids = values.map((_, index) => `s${index}`);
    const secrets = Object.fromEntries(ids.map((id) => [`AUTOGIT_SECRET_${id.toUpperCase()}`, id]));
    writeSecretFiles(
      folder,
      [{ path: 'local/.env', content: { kind: 'variables', secrets } }],
      Object.fromEntries(ids.map((id, index) => [id, values[index] ?? ''])),
    );
    const environment = Object.fromEntries(ids.map((id) => [id, `\${AUTOGIT_SECRET_${id.toUpperCase()}:?}`]));
    const answer = await composeConfig([
      { path: 'local/.env', text: readFileSync(join(folder, 'local/.env'), 'utf8') },
      {
        path: 'local/compose.yaml',
        text: JSON.stringify({ name: 'x', services: { web: { image: 'web:1', environment } } }),
      },
    ]);
    expect(answer.stderr).toBe('');
    const { services } = answer.model as unknown as { services: { web: { environment: Record<string, string> } } };
    expect(ids.map((id) => services.web.environment[id])).toEqual(values);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
