/**
 * The canary law: the value of a secret is in no output, log, difference, error, status or store. A value that occurs
 * nowhere else is planted in every source, and everything that comes out is searched for it and for its encoded forms.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DiagnosticFormat, reportDiagnostics } from '../../cli/diagnostics/report.ts';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { type CanaryWorld, createCanaryWorld } from './canary-world.ts';

const canary = 'Kanarie/7f+3c9b2 "vogel"';

function expectNoCanary(text: string): void {
  const bytes = Buffer.from(canary);
  const forms = [
    canary,
    JSON.stringify(canary).slice(1, -1),
    encodeURIComponent(canary),
    bytes.toString('hex'),
    bytes.toString('base64'),
    canary.slice(0, 12),
  ];
  for (const form of forms) expect(text.includes(form), `${form} in\n${text}`).toBe(false);
}

describe('a secret that stands in the file', () => {
  /** Everything that `validate` prints about a text, in every format. */
  async function said(text: string): Promise<string> {
    const bytes = new TextEncoder().encode(text);
    const { diagnostics } = await compile({
      file: 'autogit.yaml',
      bytes,
      catalog,
      targets,
      target: 'all',
      everyEnvironment: true,
    });
    let all = '';
    const write = (more: string): void => {
      all += more;
    };
    for (const format of ['text', 'json', 'sarif', 'gitlab', 'github'] satisfies readonly DiagnosticFormat[]) {
      await reportDiagnostics({
        diagnostics,
        file: 'autogit.yaml',
        bytes,
        format,
        out: write,
        err: write,
        colour: () => false,
        width: () => 105,
      });
    }
    return all;
  }

  const quoted = fc.constantFrom<(text: string) => string>(JSON.stringify, (text) => `'${text.replaceAll("'", "''")}'`);
  /** Lines of a service, each with the secret in a wrong or a right place. */
  const inService = fc.constantFrom<(value: string) => string>(
    (value) => `environment: { DB_PASSWORD: ${value}, PORT: 80 }`,
    (value) => `environment: { DB_PASSWORD: ${value}, prot: { a: 1 } }`,
    (value) => `environment: { apiKey: ${value} }\n    imag: x`,
    (value) => `environment: [ ${value.replace(/^(["'])/, '$1DB_PASSWORD=')} ]`,
    (value) => `environment: { A: ${value.replace(/^(["']).*$/, '$1postgres://u:Kanarie%2F7f+3c9b2@db/x$1')} }`,
    (value) => `command: [ run, ${value.replace(/^(["'])/, '$1--admin-password=')} ]`,
    (value) => `command: [ run, --token, ${value} ]\n    port: many`,
    (value) => `password: ${value}`,
    (value) => `protect: { password: ${value} }`,
    (value) => `environment: { DB_PASSWORD: ${value}\n    port: 80`,
    (value) => `environment:\n      DB_PASSWORD: ${value}\n      DB_PASSWORD: other`,
    (value) => `environment:\n      TOKEN: |\n        ${value.slice(1, -1)}\n    prot: 80`,
  );
  const inSecrets = fc.constantFrom<(value: string) => string>(
    (value) => `smtp: ${value}`,
    (value) => `smtp: { value: ${value} }`,
    (value) => `smtp: { env: ${value} }`,
    (value) => `smtp: { env: A, password: ${value} }`,
    (value) => `smtp: { generate: { lenght: 1 } }\n  other: ${value}`,
    () => 'smtp: { env: SMTP }',
  );

  it('is repeated in no report, whichever place it has and whatever else is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(quoted, inService, inSecrets, fc.boolean(), async (quote, service, secrets, isOverlay) => {
        const value = quote(canary);
        const base = `name: home\ndomain: home.lan\nservices:\n  web:\n    image: web:1\n    ${service(value)}\nsecrets:\n  ${secrets(value)}\n`;
        const overlay = `environments:\n  test:\n    secrets: { extra: ${value} }\n    services: { web: { environment: { API_TOKEN: ${value} }, prot: 1 } }\n`;
        const text = isOverlay ? base + overlay : base;
        const all = await said(text);
        expectNoCanary(all);
        expect(all).not.toContain('Kanarie');
      }),
      { numRuns: 150 },
    );
  });
});

describe('a secret that the reconciler reads', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'autogit-canary-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const source = fc.constantFrom('env', 'file', 'generate', 'sops', 'missing');
  const use = fc.constantFrom('mount', 'variable');
  const fault = fc.constantFrom('none', 'pull', 'apply', 'observe', 'forge');

  it('is in no plan, status, log, event, commit status or table of the store', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(source, use), { minLength: 1, maxLength: 4 }),
        fault,
        async (services, wrong) => {
          const state = mkdtempSync(join(folder, 'state-'));
          const world = await createCanaryWorld({ folder: state, canary, wrong });
          try {
            writeFileSync(join(state, 'autogit.yaml'), platformOf(services, world));
            await play(world);
            const all = [...world.said, ...storeTexts(state)].join('\n');
            for (const secret of world.values()) expect(all.includes(secret), `${secret} in\n${all}`).toBe(false);
            expectNoCanary(all);
            if (services.some(([from]) => from !== 'missing')) expect(world.values().length).toBeGreaterThan(0);
          } finally {
            world.close();
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  /** Each service with a secret from its source. */
  function platformOf(services: readonly (readonly [string, string])[], world: CanaryWorld): string {
    const service = ([, how]: readonly [string, string], index: number): string =>
      `  web${index}:\n    image: web${index}:1\n    port: 80\n    health: { http: / }\n    ${how === 'mount' ? `secrets: [s${index}]` : `environment: { DB_PASSWORD: { secret: s${index} } }`}\n`;
    const secret = ([from]: readonly [string, string], index: number): string =>
      `  s${index}: ${world.sources[from]}\n`;
    return `name: home\ndomain: home.lan\nservices:\n${services.map(service).join('')}secrets:\n${services.map(secret).join('')}accept: { AG501: "the image reads its variable only" }\n`;
  }

  async function play(world: CanaryWorld): Promise<void> {
    world.say(await world.reconciler.plan());
    for (let cycle = 0; cycle < 3; cycle += 1) {
      world.say(await world.reconciler.cycle());
      world.say(world.reconciler.status());
    }
    world.say(await world.reconciler.plan());
  }

  /** All files of the state folder but those that are there to hold secrets. */
  function storeTexts(state: string): readonly string[] {
    return readdirSync(state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !join(entry.parentPath, entry.name).startsWith(join(state, 'secrets')))
      .filter(({ name }) => !name.startsWith('source-'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  }
});
