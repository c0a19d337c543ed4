import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { freePort } from '../../tests/real/free-port.ts';
import { configText, serve } from '../../tests/real/oracles/ingress-world.ts';
import { coredns, traefik } from '../../tests/real/oracles/programs.ts';
import { until } from '../../tests/real/oracles/store-world.ts';
import { Folder, type Part, pidOf, run, times } from './part.ts';

/** Traefik with the routes of the platform, all of them led to one server, and a certificate that is there already. */
export const ingress: Part = {
  id: 'ingress',
  program: `Traefik ${traefik().version}`,
  load: '5,000 requests over TLS on 50 connections, 40 uploads of 5 MB',
  start: async (platform) => {
    const folder = new Folder(platform);
    const behind = await serve((asked, answer) => asked.resume().on('end', () => answer.end('x'.repeat(10_000))));
    const at = { web: await freePort(), tls: await freePort(), inside: await freePort() };
    const other = { ping: await freePort(), metrics: await freePort(), ssh: await freePort() };
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=passwords.home.example.net',
      '-addext',
      'subjectAltName=DNS:*.home.example.net',
      '-keyout',
      folder.at('key'),
      '-out',
      folder.at('crt'),
    ]);
    const routes = configText(platform, 'ingress-routes', {
      'tls:\n  options:': `tls:\n  certificates:\n    - certFile: ${folder.at('crt')}\n      keyFile: ${folder.at('key')}\n  options:`,
    }).replaceAll(/http:\/\/home-[a-z-]+:\d+/g, `http://127.0.0.1:${behind.port}`);
    folder.write('routes.yml', routes);
    folder.config('traefik.yml', 'ingress-static', {
      '/etc/traefik/routes.yml': folder.at('routes.yml'),
      '/var/lib/traefik': folder.make('data'),
      '":2222"': `127.0.0.1:${other.ssh}`,
      'address: ":443"': `address: 127.0.0.1:${at.inside}`,
      '":8000"': `127.0.0.1:${at.web}`,
      '":8443"': `127.0.0.1:${at.tls}`,
      '":8080"': `127.0.0.1:${other.ping}`,
      '":9100"': `127.0.0.1:${other.metrics}`,
    });
    const running = folder.run(traefik().path, [`--configFile=${folder.at('traefik.yml')}`], {
      CF_DNS_API_TOKEN: 'none',
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 50, ca: readFileSync(folder.at('crt')) });
    const ask = (body?: Buffer) => asked(at.tls, agent, body);
    await until(async () => (await ask()) === 200, running);
    return {
      pid: pidOf(running),
      work: async () => {
        await times(5000, 50, () => ask());
        await times(40, 8, () => ask(Buffer.alloc(5_000_000)));
      },
      stop: async () => {
        agent.destroy();
        behind.close();
        await folder.end();
      },
    };
  },
};

function asked(port: number, agent: Agent, body?: Buffer): Promise<number> {
  return new Promise((done, fail) => {
    const host = 'passwords.home.example.net';
    const options = {
      host: '127.0.0.1',
      port,
      agent,
      servername: host,
      headers: { host },
      method: body ? 'POST' : 'GET',
    };
    const call = request(options, (answer) => answer.resume().on('end', () => done(answer.statusCode ?? 0)));
    call.on('error', fail);
    call.end(body);
  });
}

/** CoreDNS with the zone of the platform. */
export const dns: Part = {
  id: 'dns',
  program: `CoreDNS ${coredns().version}`,
  load: '10,000 questions, 20 at once',
  start: async (platform) => {
    const folder = new Folder(platform);
    const at = { dns: await freePort(), health: await freePort(), metrics: await freePort() };
    folder.config('zone', 'dns-zone', {});
    folder.config('Corefile', 'dns-corefile', {
      '/etc/autogit/zone': folder.at('zone'),
      ':1053 {': `:${at.dns} {`,
      ':8080': `127.0.0.1:${at.health}`,
      ':9153': `127.0.0.1:${at.metrics}`,
    });
    const running = folder.run(coredns().path, ['-conf', folder.at('Corefile')]);
    const resolver = new Resolver({ timeout: 5000, tries: 3 });
    resolver.setServers([`127.0.0.1:${at.dns}`]);
    await until(async () => (await resolver.resolve4('git.home.example.net')).length > 0, running);
    return {
      pid: pidOf(running),
      work: () => times(10_000, 20, () => resolver.resolve4('git.home.example.net')),
      stop: () => folder.end(),
    };
  },
};
