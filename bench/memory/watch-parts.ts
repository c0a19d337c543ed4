import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../tests/real/free-port.ts';
import { configText } from '../../tests/real/oracles/ingress-world.ts';
import { isHere } from '../../tests/real/oracles/programs.ts';
import { until } from '../../tests/real/oracles/store-world.ts';
import { Folder, type Part, pidOf, times } from './part.ts';

/** Prometheus with every rule, and every target of the platform; all of them are its own metrics here, some 600 each. */
export const monitoring: Part = {
  id: 'monitoring',
  program: 'Prometheus 2.42 (Debian)',
  load: 'a minute of scraping ten targets of 600 series, 400 queries over it',
  start: async (platform) => {
    const folder = new Folder(platform);
    const port = await freePort();
    folder.make('data');
    folder.write('token', 'bench');
    folder.config('rules.yml', 'monitoring-rules', {});
    const config = configText(platform, 'monitoring-config', {
      '/etc/autogit/rules.yml': folder.at('rules.yml'),
      '/run/secrets/forge-metrics-token': folder.at('token'),
    }).replaceAll(/(?:home-[a-z-]+|localhost):\d+/g, `127.0.0.1:${port}`);
    folder.write('prometheus.yml', config);
    const args = platform.workloads.find(({ id }) => id === 'monitoring')?.command ?? [];
    const here = args
      .filter((each) => !each.startsWith('--config.file') && !each.startsWith('--storage.tsdb.path'))
      .concat(`--config.file=${folder.at('prometheus.yml')}`, `--storage.tsdb.path=${folder.at('data')}`);
    const running = folder.run('prometheus', [...here, `--web.listen-address=127.0.0.1:${port}`]);
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    await until(async () => (await ask('/-/ready')).includes('Ready'), running);
    return {
      pid: pidOf(running),
      work: async () => {
        await sleep(60_000);
        const now = Math.floor(Date.now() / 1000);
        const query = encodeURIComponent('rate({__name__=~"prometheus_.*"}[1m])');
        await times(400, 4, () => ask(`/api/v1/query_range?query=${query}&start=${now - 600}&end=${now}&step=15`));
      },
      stop: () => folder.end(),
    };
  },
};

/** The look at the machine, by Debian's package of it, with the collectors that are rendered. */
export const machine: Part = {
  id: 'monitoring-machine',
  program: 'Node exporter 1.5 (Debian)',
  load: '1,000 readings, 4 at once',
  isHere: () => isHere('prometheus-node-exporter'),
  start: async (platform) => {
    const folder = new Folder(platform);
    const port = await freePort();
    const args = (platform.workloads.find(({ id }) => id === 'monitoring-machine')?.command ?? [])
      .filter((each) => !each.startsWith('--web.listen-address'))
      .concat(`--web.listen-address=127.0.0.1:${port}`);
    const running = folder.run('prometheus-node-exporter', args);
    const read = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await until(async () => (await read()).includes('node_memory_MemTotal_bytes'), running);
    return { pid: pidOf(running), work: () => times(1000, 4, read), stop: () => folder.end() };
  },
};

export const alerts: Part = {
  id: 'monitoring-alerts',
  program: 'Alertmanager 0.25 (Debian)',
  load: '500 alerts',
  start: async (platform) => {
    const folder = new Folder(platform);
    const port = await freePort();
    folder.make('data');
    folder.config('alertmanager.yml', 'monitoring-alerts-config', {
      '/run/secrets/mail-password': folder.write('mail', 'x'),
    });
    const running = folder.run('prometheus-alertmanager', [
      `--config.file=${folder.at('alertmanager.yml')}`,
      `--storage.path=${folder.at('data')}`,
      '--cluster.listen-address=',
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    const url = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${url}/-/ready`)).status === 200, running);
    return {
      pid: pidOf(running),
      work: () =>
        times(500, 10, (index) =>
          fetch(`${url}/api/v2/alerts`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify([{ labels: { alertname: `Bench${index}`, severity: 'warning' } }]),
          }),
        ),
      stop: () => folder.end(),
    };
  },
};
