import { describe, expect, it } from 'vitest';
import { reportText } from '../../compiler/import-platform.ts';
import { importText } from './run-import.ts';

const canary = 'c4n4ry-v4lue';

/** The value in every place of a Compose file that a secret can stand in. */
const places: Readonly<Record<string, string>> = {
  'a variable of a map': `services: { db: { image: postgres, environment: { POSTGRES_PASSWORD: ${canary} } } }`,
  'a variable of a list': `services: { web: { image: a/b, environment: ["API_TOKEN=${canary}"] } }`,
  'a variable in camel case': `services: { web: { image: a/b, environment: { clientSecret: ${canary} } } }`,
  'an address': `services: { web: { image: a/b, environment: { DATABASE: "postgres://app:${canary}@db/app" } } }`,
  'a connection string': `services: { web: { image: a/b, environment: { CONN: "Server=db;Uid=app;Pwd=${canary};" } } }`,
  'a variable of JSON': `services: { web: { image: a/b, environment: { SETTINGS: '{"password":"${canary}"}' } } }`,
  'a token with a mark': `services: { web: { image: a/b, environment: { GIT: glpat-0123456789-${canary} } } }`,
  'a token in a command': `services: { web: { image: a/b, command: [run, glpat-0123456789-${canary}] } }`,
  'a default of a variable': `services: { web: { image: a/b, environment: { DB_PASS: "\${DB_PASS:-${canary}}" } } }`,
  'a command': `services: { cache: { image: redis, command: redis-server --requirepass ${canary} } }`,
  'a command in a shell': `services: { web: { image: a/b, command: [sh, -c, "run --password=${canary}"] } }`,
  'an entrypoint': `services: { web: { image: a/b, entrypoint: ["run", "--api-token", "${canary}"] } }`,
  'a health check': `services: { web: { image: a/b, healthcheck: { test: "curl -u x --password ${canary} http://x" } } }`,
  'a label': `services: { web: { image: a/b, labels: { token: ${canary} } } }`,
  'a config': `services: { web: { image: a/b, configs: [c] } }\nconfigs: { c: { content: "url: mysql://u:${canary}@db" } }`,
  'an argument of a build': `services: { web: { build: { context: ., args: { TOKEN: ${canary} } } } }`,
  'an unknown key': `services: { web: { image: a/b, passwordd: ${canary} } }`,
  'an extension': `x-secret: &s { KEY: ${canary} }\nservices: { web: { image: a/b, environment: *s } }`,
  'the value of .env in a variable': 'services: { web: { image: a/b, environment: { URL: "http://x/?k=$API_KEY" } } }',
  'the value of .env in a command': 'services: { web: { image: a/b, command: "run $API_KEY" } }',
  'the value of .env passed through': 'services: { web: { image: a/b, environment: [API_KEY] } }',
  'a file of variables': 'services: { web: { image: a/b, env_file: secret.env } }',
};

describe('a secret of a Compose file', () => {
  it.each(Object.entries(places))('in %s appears in no output', (_, text) => {
    const { text: platform, report } = importText(text, {
      variables: { API_KEY: canary },
      look: (path) =>
        path.endsWith('secret.env') ? { kind: 'text', text: `API_KEY=${canary}\nPLAIN=1\n` } : { kind: 'absent' },
    });
    expect(platform).not.toContain(canary);
    expect(JSON.stringify(report)).not.toContain(canary);
    expect(reportText(report)).not.toContain(canary);
  });

  it('becomes a reference, with the place of its value', () => {
    const { text, report } = importText(
      'services:\n  web:\n    image: a/b\n    environment:\n      WEB_TOKEN: abcdef\n      OTHER_TOKEN: abcdef\n',
    );
    expect(text).toContain('WEB_TOKEN: { secret: web-token }');
    expect(text).toContain('OTHER_TOKEN: { secret: web-token }');
    expect(text).toContain('web-token: { env: WEB_TOKEN } # its value is at line 5 of the Compose file');
    expect(report.secrets).toEqual([{ id: 'web-token', env: 'WEB_TOKEN', line: 5, column: 7 }]);
  });

  it.each([
    ['TOKEN_TTL', '3600'],
    ['ALLOW_EMPTY_PASSWORD', 'yes'],
    ['TLS_KEY', '/certs/tls.key'],
    ['DB_PASSWORD', ''],
    ['PASSWORD_FILE', '/run/secrets/x'],
    ['MONKEY', 'banana'],
  ])('is not seen in %s=%s', (name, value) => {
    const { text } = importText(`services: { web: { image: a/b, environment: { ${name}: "${value}" } } }`);
    expect(text).toContain(`${name}: `);
    expect(text).not.toContain('secrets:');
  });
});
