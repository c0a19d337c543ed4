import { describe, expect, it } from 'vitest';
import { containerBody } from '../../reconciler/docker/container-body.ts';
import type { InspectedContainer } from '../../reconciler/docker/engine-json.ts';
import { explainExit } from '../../reconciler/docker/explain-exit.ts';
import { plain, worldError } from '../../reconciler/docker/failure.ts';
import { expectedLines, fillFault } from '../../reconciler/docker/filler.ts';
import { pullQuery } from '../../reconciler/docker/pull-image.ts';
import { allowList, routePath } from '../../reconciler/docker/routes.ts';
import { demultiplex, lines } from '../../reconciler/docker/streams.ts';
import { tar } from '../../reconciler/docker/tar.ts';
import type { ContainerUnit } from '../../reconciler/model/desired.ts';
import { redact } from '../../reconciler/model/redact.ts';

describe('failures of an engine, in words', () => {
  const at = (thrown: object) => worldError(thrown, '/var/run/docker.sock').failure;
  it.each([
    [
      { code: 'EACCES' },
      'unauthorized',
      'no permission on /var/run/docker.sock: add the user to the group docker, or run as one who may use it',
    ],
    [{ code: 'ENOENT' }, 'unreachable', '/var/run/docker.sock does not exist: is Docker installed and running there?'],
    [{ code: 'ECONNREFUSED' }, 'unreachable', 'nothing answers at /var/run/docker.sock: start Docker there'],
    [
      { message: 'socket hang up' },
      'unreachable',
      'the engine at /var/run/docker.sock cut the connection; it may be restarting',
    ],
    [
      { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', message: 'unable to verify the first certificate' },
      'unauthorized',
      'TLS with /var/run/docker.sock failed (unable to verify the first certificate): check ca.pem, cert.pem and key.pem',
    ],
    [
      { statusCode: 500, json: { message: 'mkdir /x: no space left on device' } },
      'rejected',
      'the disk of the engine is full: mkdir /x: no space left on device; free space there, for example with docker image prune',
    ],
    [{ statusCode: 404, json: { message: 'No such container: x' } }, 'not-found', 'No such container: x'],
    [{ statusCode: 409, json: { message: 'name in use' } }, 'conflict', 'name in use'],
    [
      {
        statusCode: 400,
        json: { message: 'invalid mount config for type "bind": bind source path does not exist: /no' },
      },
      'rejected',
      'invalid mount config for type "bind": bind source path does not exist: /no',
    ],
  ])('%o', (thrown, kind, detail) => {
    expect(at(thrown)).toEqual({ kind, detail });
  });

  it('takes escape sequences and line breaks out of what an engine says', () => {
    expect(plain('a\u001b[31mred\u001b[0m\r\nb\u0007')).toBe('ared b');
  });
});

describe('why a container ended', () => {
  const ended = (state: object): string =>
    explainExit({
      State: { Status: 'exited', ...state },
      HostConfig: { Memory: 64 * 2 ** 20 },
    } as unknown as InspectedContainer);
  it.each([
    [{ ExitCode: 137, OOMKilled: true }, 'ended with code 137: out of memory (limit 64 MiB); raise limits.memory'],
    [
      { ExitCode: 126 },
      'ended with code 126: its command cannot be executed; check that it is a program and executable',
    ],
    [{ ExitCode: 0 }, 'ended by itself with code 0; a service must keep running'],
    [{ ExitCode: 143 }, 'ended with code 143: it was asked to stop (SIGTERM)'],
    [{ ExitCode: 3 }, 'ended with code 3'],
  ])('%o', (state, text) => {
    expect(ended(state)).toBe(text);
  });
});

describe('a tar archive', () => {
  const file = { path: 'a/b.txt', content: Buffer.from('hi'), mode: 0o400, uid: 1000, gid: 1001 };
  it('is in ustar form, padded, with the folders that it needs', () => {
    const archive = tar([file]);
    expect(archive.length).toBe(512 * 5);
    expect(archive.subarray(0, 2).toString()).toBe('a/');
    expect(archive.subarray(512, 519).toString()).toBe('a/b.txt');
    expect(archive.subarray(512 + 257, 512 + 262).toString()).toBe('ustar');
    expect(archive.subarray(1024, 1026).toString()).toBe('hi');
  });
  it.each(['/etc/passwd', '../x', 'a//b', 'a/../b', '', 'x\ny', `${'x'.repeat(101)}`])(
    'refuses the path %j',
    (path) => {
      expect(() => tar([{ ...file, path }])).toThrow(RangeError);
    },
  );
});

describe('the proof that a volume is filled', () => {
  const files = [{ path: 'a', content: Buffer.from('1'), mode: 0o444, uid: 0, gid: 0 }];
  const good = expectedLines(files).join('\n');
  it('is every digest, mode and owner, and the last line', () => {
    expect(fillFault(`${good}\nfilled\n`, files)).toBeUndefined();
    expect(fillFault(`${good}\n`, files)).toMatch(/did not finish/);
    expect(fillFault(`${good.replace('444', '400')}\nfilled\n`, files)).toBe('the volume does not hold what was sent');
    expect(fillFault('filled\n', files)).toBe('the volume does not hold what was sent');
    expect(fillFault(`${good}\nfile 00 444 0 0 ./stranger\nfilled\n`, files)).toBe(
      'the volume does not hold what was sent',
    );
  });
});

describe('texts and streams', () => {
  it('hides secrets in log lines', () => {
    expect(redact('got s3cr3t-value', ['s3cr3t-value'])).toBe('got ***');
    expect(redact('DB_PASSWORD=abc123 ok', [])).toBe('DB_PASSWORD=*** ok');
    expect(redact('dial postgres://u:pw@db/x', [])).toBe('dial postgres://u:***@db/x');
    expect(redact('nothing to hide', ['x'])).toBe('nothing to hide');
  });
  it('takes the frames of two streams apart', () => {
    const frame = (stream: number, text: string) =>
      Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
    expect(demultiplex(Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n')]))).toBe('out\nerr\n');
    expect(demultiplex(Buffer.from('plain text of a terminal'))).toBe('plain text of a terminal');
  });
  it('cuts a stream into lines wherever its chunks end', async () => {
    async function* chunks() {
      yield Buffer.from('{"a":1}\n{"b"');
      yield Buffer.from(':2}\n\n{"c":3}');
    }
    const seen: string[] = [];
    for await (const line of lines(chunks(), 'x')) seen.push(line);
    expect(seen).toEqual(['{"a":1}', '{"b":2}', '', '{"c":3}']);
  });
  it.each([
    ['postgres:17', 'postgres', '17'],
    ['postgres', 'postgres', 'latest'],
    ['10.0.0.1:5000/a/b', '10.0.0.1:5000/a/b', 'latest'],
    ['r:5000/a:1@sha256:ab', 'r:5000/a', 'sha256:ab'],
  ])('asks for %s', (image, fromImage, tag) => {
    expect(pullQuery(image)).toEqual({ fromImage, tag });
  });
  it('lists every route once, without archive, build, swarm or plugin calls', () => {
    const routes = allowList().map((route) => `${route.method} ${route.pattern}`);
    expect(new Set(routes).size).toBe(routes.length);
    expect(routePath('inspectImage', 'a/b:1')).toBe('/images/a/b:1/json');
    expect(routePath('inspectContainer', '../x')).toBe('/containers/..%2Fx/json');
  });
});

describe('the body of a container', () => {
  it('drops all capabilities, holds its labels, and joins one network', () => {
    const unit: ContainerUnit = {
      kind: 'container',
      id: 'container/local/web',
      host: 'local',
      name: 'home-web-1',
      digest: 'd',
      origin: '',
      key: 'web',
      service: 'web',
      replace: 'stop-first',
      needs: [],
      spec: {
        image: 'web:1',
        environment: { A: '1', T: { secret: 't' } },
        networks: { n1: ['web'], n2: [] },
        ports: [{ port: 80, protocol: 'tcp', hostPort: 8080, address: '127.0.0.1' }],
        mounts: [{ volume: 'v', path: '/v', readOnly: true }],
        tmpfs: {},
        cpus: 0.25,
        memoryBytes: 1 << 26,
        pids: 50,
        readOnlyRoot: true,
        capAdd: ['CHOWN'],
        init: true,
        restart: 'unless-stopped',
        stopGraceMs: 1500,
        labels: { mine: '1' },
      },
    };
    const make = (announced: boolean) =>
      containerBody({ unit, scope: { platform: 'home', deployment: 'd1' }, secrets: { t: 'value' }, announced });
    expect(make(true)).toMatchSnapshot();
    expect(make(false)).toMatchObject({ NetworkingConfig: { EndpointsConfig: { n1: { Aliases: [] } } } });
    expect(JSON.stringify((make(true) as { Labels: object }).Labels)).not.toContain('value');
  });
});
