import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import Docker from 'dockerode';
import { startEngine, type TestEngine } from '../docker/start-engine.ts';
import { type AcmeServer, startAcmeServer } from './acme-server.ts';
import { type DnsProvider, startDnsProvider } from './dns-provider.ts';
import { makeImages } from './images.ts';
import { type Lan, makeLan } from './lan.ts';
import { startPublicDns } from './public-dns.ts';

const root = join(import.meta.dirname, '../../..');

/** An engine with images, a network around it whose resolver is the platform's, and what the Internet has. */
export interface World {
  readonly engine: TestEngine;
  readonly folder: string;
  readonly lan: Lan;
  readonly acme: AcmeServer;
  readonly provider: DnsProvider;
  /** Password of the provider of DNS. */
  readonly providerPassword: string;
  /** `autogit reconcile --once` of a platform file; throws with its words when something is not as it should be. */
  bringUp(name: string, text: string, env: Readonly<Record<string, string>>): Promise<void>;
  /** Standard output of a command in a container; throws when it ends with another code than 0. */
  inside(container: string, ...command: readonly string[]): Promise<string>;
  /** What every container said last. */
  logs(): Promise<string>;
  stop(): Promise<void>;
}

export interface Internet {
  /** Domains that the Internet knows, and where their hosts are; `@` stands for the engine. */
  readonly zones: Readonly<Record<string, string>>;
}

export async function startWorld({ zones }: Internet): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-chain-'));
  const engine = await startEngine({ noImages: true });
  const { address, gateway } = engine;
  const lan = makeLan(folder, address);
  // Containers ask whom the machine under them asks.
  await engine.exec('mount', '--bind', join(folder, 'resolv.conf'), '/etc/resolv.conf');
  const here = Object.entries(zones).map(([zone, at]) => [zone, at === '@' ? address : at]);
  const dns = await startPublicDns({ address: gateway, zones: Object.fromEntries(here) });
  const providerPassword = 'change the zone';
  const provider = await startDnsProvider(gateway, providerPassword, dns);
  const [acme] = await Promise.all([startAcmeServer(folder, gateway, gateway), makeImages(engine, folder)]);
  const docker = new Docker({ socketPath: engine.socket });
  const logs = async (): Promise<string> => {
    const containers = await docker.listContainers({ all: true });
    const parts = await Promise.all(
      containers.map(async ({ Id, Names, Status }) => {
        const told = await docker.getContainer(Id).logs({ stdout: true, stderr: true, tail: 40 });
        return `== ${Names.join()} ${Status}\n${told.toString('utf8').replaceAll(/[^\n\x20-\x7e]/g, '')}`;
      }),
    );
    return parts.join('\n');
  };
  return {
    engine,
    folder,
    lan,
    acme,
    provider,
    providerPassword,
    logs,
    bringUp: async (name, text, env) => {
      try {
        await bringUp(join(folder, name), text, env, address);
      } catch (error) {
        throw new Error(`${String(error)}\n${await logs()}`);
      }
    },
    inside: (container, ...command) => inside(docker, container, command),
    stop: async () => {
      for (const each of [acme, provider, dns]) each.close();
      await engine.stop();
      if (process.env.AUTOGIT_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function bringUp(
  folder: string,
  text: string,
  env: Readonly<Record<string, string>>,
  address: string,
): Promise<void> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'autogit.yaml'), text);
  writeFileSync(join(folder, 'policy.yaml'), `addresses: [0.0.0.0, ${address}]\n`);
  const flags = ['--file', join(folder, 'autogit.yaml'), '--state', join(folder, 'state'), '--once', '--log', 'text'];
  const args = [
    join(root, 'cli/main.ts'),
    'reconcile',
    ...flags,
    '--filler-image',
    'autogit-test/filler:1',
    '--policy',
    join(folder, 'policy.yaml'),
  ];
  await new Promise<void>((done, fail) => {
    const options = { env: { PATH: process.env.PATH ?? '', HOME: folder, ...env }, maxBuffer: 64 << 20 };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error === null) done();
      else fail(new Error(`autogit reconcile ended with ${error.code}:\n${stdout}${stderr}`));
    });
  });
}

async function inside(docker: Docker, container: string, command: readonly string[]): Promise<string> {
  const execution = await docker
    .getContainer(container)
    .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const stream = await execution.start({});
  const [out, error] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, out, error);
  const [told, complaint] = [textOf(out), textOf(error)];
  await finished(stream);
  out.end();
  error.end();
  const { ExitCode } = await execution.inspect();
  if (ExitCode !== 0) throw new Error(`${container}: ${command.join(' ')}: ${ExitCode}: ${await complaint}`);
  return told;
}
