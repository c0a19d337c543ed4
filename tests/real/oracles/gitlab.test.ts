import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../../compiler/compile.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { rubyString, rubyText } from '../../../library/gitlab/ruby.ts';
import { componentFiles } from '../../contract/component-files.ts';
import { gitlabAlertCases } from './gitlab-alert-cases.ts';
import { ruleTest } from './rule-test.ts';

type Settings = Record<string, Record<string, unknown> | string>;

/** Settings of GitLab, given to a real Ruby together with the names that the package knows; its alerts, to promtool. */
describe('GitLab', () => {
  const programs = join(import.meta.dirname, 'gitlab-settings');
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-gitlab-'));
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it.each([
    ['as small as it gets', 'forge: gitlab\n'],
    ['with everything', componentFiles.gitlab?.full ?? ''],
    [
      'with its own parts beside roles',
      `${roles}forge: { use: gitlab, database: bundled, cache: bundled, storage: disk }\n`,
    ],
    ['with a registry on its disk', 'forge: { use: gitlab, registry: { host: images } }\n'],
    ['in an older version', `${roles}forge: { use: gitlab, image: "gitlab/gitlab-ce:18.11.2-ce.0", registry: {} }\n`],
  ])('has settings that its package knows, %s', async (_, rest) => {
    for (const target of ['compose', 'kubernetes'] as const) {
      const text = (await rendered(rest, target)).replaceAll(/^nginx\[/gm, "gitlab_rails['nginx'][");
      expect(await evaluate(text)).toMatchObject({ code: 0, err: '' });
    }
  });

  it.each([
    ['a setting that nobody knows', "['listen_https']", "['listen_htps']", "gitlab_rails['nginx']['listen_htps']"],
    ['a group that nobody knows', 'letsencrypt[', 'letsencrypted[', 'unknown setting letsencrypted'],
    ['a text that does not end', "'on'", "'on", 'gitlab.rb:'],
    ['a command', "'on'", '`id`', 'a setting runs a command: id'],
  ])('would be refused with %s', async (_, right, wrong, said) => {
    const text = await rendered('forge: gitlab\n', 'compose');
    expect(text).toContain(right);
    const { code, err } = await evaluate(text.replace(right, wrong));
    expect(code).toBe(1);
    expect(err).toContain(said);
  });

  it('says to Ruby exactly what the file says, whatever stands in it', async () => {
    const texts = [
      'plain',
      '',
      `it's "quoted" \`id\` #{File.read('/etc/passwd')} #$0 #@x \\#{1} \\n \\' \\\\`,
      "'; exit; '",
      'ends with \\',
      'two\nlines\r\nand #{1} a\ttab "\\ \u0000 \u001b \u007f \u0085 \u2028 end',
      '=begin\n__END__\n=end',
      'Ünïcödé 日本語 👩‍💻 %{x} %s',
    ];
    const list = await evaluate(`gitlab_rails['env'] = ${rubyText({ map: { texts } })}\n`);
    expect(list).toMatchObject({ code: 0, settings: { gitlab_rails: { env: { texts } } } });
    const keys = Object.fromEntries(texts.map((text, index) => [text, index]));
    const map = await evaluate(`gitlab_rails['env'] = ${rubyText({ map: keys })}\n`);
    expect(map).toMatchObject({ code: 0, settings: { gitlab_rails: { env: keys } } });
    expect((await evaluate(`gitlab_rails['env'] = {}\n# ${rubyString('text').slice(1)}\n`)).code).toBe(0);
  });

  it('sends a name of the file that looks like Ruby as it is', async () => {
    const name = `Ana's "Git" #{File.write('/tmp/x', '')} \`id\` \\`;
    const mail = JSON.stringify({ server: 'smtp.example.org', from: `${name} <git@example.org>` });
    const { settings } = await evaluate(await rendered(`forge: { use: gitlab, mail: ${mail} }\n`, 'compose'));
    expect(settings?.gitlab_rails).toMatchObject({
      gitlab_email_display_name: name,
      gitlab_email_from: 'git@example.org',
    });
  });

  it('reads each secret from a file that its container has, and holds none', async () => {
    const { platform, text } = await compiled(componentFiles.gitlab?.full ?? '', 'compose');
    const mounts = platform?.workloads.find(({ id }) => id === 'forge')?.mounts ?? [];
    const mounted = mounts.flatMap((mount) => (mount.kind === 'secret' ? [mount.path] : []));
    const read = [...new Set([...text.matchAll(/File\.read\('([^']+)'\)/g)].map(([, path]) => path))];
    expect(read.sort()).toEqual([...mounted].sort());
    const { settings } = await evaluate(text);
    const secrets = JSON.stringify(settings).match(/"[a-z_]*(?:password|secret|secretkey|access_key)":"[^"]*"/g) ?? [];
    expect(secrets.length).toBeGreaterThan(5);
    for (const each of secrets) expect(each).toContain('"content of /run/secrets/');
  });

  it('speaks up when something is wrong with the forge and at no other time', async () => {
    const { rules } = await compiled(componentFiles.gitlab?.full ?? '', 'compose');
    const { groups } = parse(rules) as { groups: readonly [{ rules: readonly { alert: string; expr: string }[] }] };
    const own = groups[0].rules.filter(({ expr }) => expr.includes('job="forge-') || expr.includes('job=~"forge-'));
    expect(own.map(({ alert }) => alert).sort()).toEqual(Object.keys(gitlabAlertCases).sort());
    writeFileSync(join(dir, 'rules.yml'), rules);
    const tests = Object.entries(gitlabAlertCases).flatMap(([alert, each]) => [
      ruleTest(alert, each, each.fires, true),
      ruleTest(alert, each, each.quiet, false),
    ]);
    const path = join(dir, 'test.yml');
    writeFileSync(path, JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }));
    expect(await run('promtool', 'test', 'rules', path)).toMatchObject({ code: 0 });
  });

  async function rendered(rest: string, target: 'compose' | 'kubernetes'): Promise<string> {
    return (await compiled(rest, target)).text;
  }

  async function compiled(rest: string, target: 'compose' | 'kubernetes') {
    const bytes = Buffer.from(`name: home\ndomain: home.lan\n${rest}`);
    const {
      diagnostics,
      platform,
      rendered: result,
    } = await compile({
      file: 'autogit.yaml',
      bytes,
      catalog,
      targets,
      target,
    });
    expect(diagnostics).toEqual([]);
    const text = platform?.configs.find(({ id }) => id === 'forge-gitlab')?.text ?? '';
    expect(text).not.toBe('');
    const rules = result?.manifests.find(({ path }) => path.endsWith('monitoring/rules.yml'))?.text ?? '';
    return { platform, text, rules };
  }

  async function evaluate(text: string): Promise<{ code: number; err: string; settings?: Settings }> {
    const path = join(dir, 'gitlab.rb');
    writeFileSync(path, text);
    const { code, out, err } = await run('ruby', join(programs, 'evaluate.rb'), join(programs, 'known.txt'), path);
    return { code, err, ...(out === '' ? {} : { settings: JSON.parse(out) as Settings }) };
  }

  function run(program: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
    return new Promise((done) => {
      execFile(program, args, { cwd: dir, timeout: 120_000 }, (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        done({ code, out, err });
      });
    });
  }
});

const roles = `hosts: { local: { engine: unix:///var/run/docker.sock, memory: 32Gi } }
database: postgres
cache: valkey
objects: versitygw
services:
  wiki: { image: "requarks/wiki:2", needs: [database, cache, objects] }
`;
