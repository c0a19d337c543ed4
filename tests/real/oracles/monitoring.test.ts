import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../../compiler/compile.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { type AlertCase, alertCases } from './alert-cases.ts';
import { ruleTest } from './rule-test.ts';

const file = `name: home
domain: home.lan
database: postgres
cache: valkey
objects: garage
registry: distribution
forge: gitea
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org } } }
dns: { use: coredns, addresses: [192.168.1.10] }
monitoring:
  use: prometheus
  autogit: "192.168.1.10:4280"
  alerts:
    email: ops@example.org
    smtp: { server: "smtp.example.org:587", from: autogit@example.org, username: ops, password: smtp }
    webhook: hook
secrets: { smtp: { env: SMTP }, hook: { env: HOOK } }
`;

/** What monitoring renders, given to the programs of the Prometheus project. */
describe('monitoring', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-monitoring-'));
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('has a configuration that Prometheus takes, and none with a key that it does not know', async () => {
    const { config, rules } = await rendered();
    put('rules.yml', rules);
    put('forge-metrics-token', 'token');
    const here = config
      .replace('/etc/autogit/rules.yml', join(dir, 'rules.yml'))
      .replace('/run/secrets/forge-metrics-token', join(dir, 'forge-metrics-token'));
    expect(await run('promtool', 'check', 'config', put('prometheus.yml', here))).toContain('is valid prometheus');
    const wrong = here.replace('scrape_interval', 'scrape_intervall');
    expect(await run('promtool', 'check', 'config', put('wrong.yml', wrong))).toContain('scrape_intervall not found');
  });

  it('has rules whose expressions and sentences Prometheus takes, and none that it does not', async () => {
    const { rules } = await rendered();
    expect(await run('promtool', 'check', 'rules', put('rules.yml', rules))).toContain('SUCCESS');
    const wrong = rules.replace('humanizePercentage', 'humanisePercentage');
    expect(await run('promtool', 'check', 'rules', put('wrong.yml', wrong))).toContain('humanisePercentage');
  });

  it('speaks up when something is wrong and at no other time, rule by rule', async () => {
    const { rules } = await rendered();
    const { groups } = parse(rules) as { groups: readonly [{ rules: readonly { alert: string }[] }] };
    const alerts = groups[0].rules.map(({ alert }) => alert);
    expect(Object.keys(alertCases).sort()).toEqual([...alerts].sort());
    put('rules.yml', rules);
    const tests = Object.entries(alertCases).flatMap(([alert, each]) => [
      ruleTest(alert, each, each.fires, true),
      ruleTest(alert, each, each.quiet, false),
    ]);
    expect(await ruleTests(tests)).toContain('SUCCESS');
    const { minute, quiet } = alertCases.CacheIsFull as AlertCase;
    const wrong = ruleTest('CacheIsFull', { minute, quiet, fires: quiet }, quiet, true);
    expect(await ruleTests([wrong])).toContain('FAILED');
  });

  it('has a configuration that Alertmanager takes, and sends everything to somebody', async () => {
    const { alertmanager } = await rendered();
    // The program of Debian is older than the key: it takes the address itself in its place.
    const known = alertmanager.replace(/url_file: .*/, 'url: http://127.0.0.1:1/');
    expect(known).not.toBe(alertmanager);
    const path = put('alertmanager.yml', known);
    expect(await run('amtool', 'check-config', path)).toContain('SUCCESS');
    for (const severity of ['critical', 'warning']) {
      const to = await run('amtool', 'config', 'routes', 'test', `--config.file=${path}`, `severity=${severity}`);
      expect(to.split('\n')[0]).toBe('people');
    }
    const wrong = put('wrong.yml', known.replace('smtp_smarthost', 'smtp_smarthosts'));
    expect(await run('amtool', 'check-config', wrong)).toContain('smtp_smarthosts not found');
  });

  it('shows nothing on its dashboard that Prometheus could not answer', async () => {
    const { dashboard } = await rendered();
    const { panels } = JSON.parse(dashboard) as { panels: readonly { targets: readonly { expr: string }[] }[] };
    const expressions = panels.flatMap((panel) => panel.targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(10);
    const rules = expressions.map((expr, index) => ({ record: `panel:${index}`, expr }));
    const path = put('panels.yml', JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    expect(await run('promtool', 'check', 'rules', path)).toContain(`${expressions.length} rules found`);
  });

  async function rendered() {
    const { rendered: result, diagnostics } = await compile({
      file: 'autogit.yaml',
      bytes: Buffer.from(file),
      catalog,
      targets,
      target: 'compose',
    });
    expect(diagnostics).toEqual([]);
    const text = (path: string) => result?.manifests.find((manifest) => manifest.path.endsWith(path))?.text ?? '';
    return {
      config: text('monitoring/prometheus.yml'),
      rules: text('monitoring/rules.yml'),
      alertmanager: text('alertmanager.yml'),
      dashboard: text('platform.json'),
    };
  }

  function ruleTests(tests: readonly object[]): Promise<string> {
    mkdirSync(dir, { recursive: true });
    const path = put('test.yml', JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }));
    return run('promtool', 'test', 'rules', path);
  }

  function put(name: string, text: string): string {
    const path = join(dir, name);
    writeFileSync(path, text);
    return path;
  }

  /** What a program prints, whether it is content or not. */
  function run(program: string, ...args: string[]): Promise<string> {
    return new Promise((done) => {
      execFile(program, args, { cwd: dir, timeout: 120_000 }, (_, out, err) => done(`${out}${err}`));
    });
  }
});
