import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { said } from './said.ts';

const wiki = 'services: { w: { image: "w:1", port: 80 } }\n';

describe('a namespace of the cluster itself', () => {
  it.each(['kube-system', 'kube-public', 'kube-node-lease', 'kube-anything', 'default'])(
    'is not one for a platform: %s',
    async (namespace) => {
      expect(await said(`target: kubernetes\ncluster: { namespace: ${namespace} }\n${wiki}`)).toMatch(
        /^4:\d+ error AG480: the namespace .* is the cluster's own: .*\n {2}next leave it out, then it is 'home'/,
      );
      expect(
        await said(`target: kubernetes\naccept: { AG480: why not }\ncluster: { namespace: ${namespace} }\n${wiki}`),
      ).toMatch(/AG480/);
    },
  );

  it('is what the name of the platform may be, too', async () => {
    expect(await said(`target: kubernetes\n${wiki}`, 'default')).toMatch(
      /^1:\d+ error AG480: .*cluster: \{ namespace: platform \}/s,
    );
    expect(await said(`target: kubernetes\ncluster: { namespace: platform }\n${wiki}`, 'default')).toBe('');
    expect(await said(`target: compose\n${wiki}`, 'default')).toBe('');
  });
});

it('the config files of a service may have one MiB together on Kubernetes, counted in bytes', async () => {
  const codes = async (target: 'compose' | 'kubernetes', size: number) => {
    const contents = new Map([
      ['a', `ä${'a'.repeat(size - 2)}`],
      ['b', 'b'.repeat(500_000)],
    ]);
    const service = (files: string) => `{ image: "w:1", configs: { ${files} } }`;
    const [a, b] = ['a', 'b'].map((file) => `${file}: { path: /${file}, file: ${file} }`);
    const text = `name: home\ndomain: home.lan\nservices:\n  w: ${service(`${b}, ${a}`)}\n  v: ${service(String(a))}\n`;
    const read = async (path: string) => new TextEncoder().encode(contents.get(path));
    const all = { file: 'autogit.yaml', bytes: new TextEncoder().encode(text), catalog, targets, target, read };
    return (await compile(all)).diagnostics.map(
      ({ code, message, range }) => `${range.start.line} ${code}: ${message}`,
    );
  };
  expect(await codes('kubernetes', 548_577)).toEqual([
    "4 AG481: the config files of 'w' have 1048577 bytes together, and the ConfigMap that holds them 1048576 at most",
  ]);
  expect(await codes('kubernetes', 548_576)).toEqual([]);
  expect(await codes('compose', 548_577)).toEqual([]);
});

it('a container has memory to start with', async () => {
  const limit = (memory: string) => said(`services: { w: { image: "w:1", limits: { memory: ${memory} } } }\n`);
  expect(await limit('1Ki')).toMatch(/^3:\d+ error AG482: 'w' may use 1 ?Ki\w* of memory, and with less than 6Mi/);
  expect(await limit('5Mi')).toMatch(/AG482/);
  expect(await limit('6Mi')).toBe('');
});

it('a name that begins with a digit is no Service, unless the cluster allows it', async () => {
  const alias = (more: string) => said(`${more}services: { w: { image: "w:1", port: 80, aliases: [1db] } }\n`);
  expect(await alias('target: kubernetes\n')).toMatch(/^4:\d+ error AG540: 'w' is also to be called '1db'/);
  expect(await alias('target: kubernetes\naccept: { AG540: the cluster has the gate }\n')).toBe('');
  expect(await alias('')).toBe('');
});

describe('a mount', () => {
  it('is not below a file', async () => {
    expect(
      await said(
        'services: { w: { image: "w:1", secrets: [{ secret: s, path: /etc/x }], configs: { a: { path: /etc/x/z, text: q }, b: { path: /etc/xy, text: q } }, volumes: { v: /etc/xy/v } } }\nsecrets: { s: { env: S } }\n',
      ),
    ).toMatchInlineSnapshot(`
      "3:86 error AG405: 'w' has a config file at /etc/x/z, below /etc/x, which is a file
        see 3:16 a secret lies at /etc/x
        next give one of them another path
      3:162 error AG405: 'w' has a volume at /etc/xy/v, below /etc/xy, which is a file
        see 3:118 a config file lies at /etc/xy
        next give one of them another path
      "
    `);
  });

  it('is not over what the engine fills, whatever it is', async () => {
    expect(
      await said(
        'services: { w: { image: "w:1", tmpfs: [/run/secrets, /dev, /dev/shm, /run], configs: { a: { path: /proc/a, text: q } } } }\n',
      ),
    ).toMatchInlineSnapshot(`
      "3:16 error AG405: 'w' would put a folder in memory over /dev, which the engine fills
        next mount it at another path
      3:16 error AG405: 'w' would put a folder in memory over /run/secrets, which the engine fills
        next mount it at another path
      3:91 error AG405: 'w' would put a config file over /proc, which the engine fills
        next mount it at another path
      "
    `);
  });
});

it('a need of a job that comes at its times says that it does nothing', async () => {
  const job = (needs: string, more = '') =>
    said(
      `services:\n  a: { image: "a:1", port: 1, needs: ${needs} }\n  j: { image: "j:1", schedule: "0 0 * * *"${more} }\n`,
    );
  expect(await job('[j]')).toMatchInlineSnapshot(`
    "4:39 warning AG429: the need of 'a' has no effect: 'j' is a job that comes at its times, for which nothing waits, and names no port to reach
      see 5:32 the schedule is here
      next remove it; with \`schedule: once\` 'a' would wait until 'j' is done
    "
  `);
  expect(await job('{ j: started }')).toMatch(/warning AG429/);
  expect(await job('{ j: done }')).toMatch(/^4:\d+ error AG416.*\n.*\n.*\n$/);
  expect(await job('[j]', ', port: 80')).toBe('');
});

it('an image has a name that engines take', async () => {
  const image = (length: number) => said(`services: { w: { image: "r.example.org/${'i'.repeat(length)}:1" } }\n`);
  expect(await image(242)).toMatch(/^3:\d+ error AG407: the name .* has 256 characters, and 255 are allowed/);
  expect(await image(241)).toBe('');
});

it('a path in a container has no options behind it, as it has on the command line of Docker', async () => {
  const path = async (service: string) =>
    (await said(`services: { w: { image: "w:1", ${service} } }\n`)).replace(/^3:\d+ error AG211: .*\n {2}next /, '');
  const readOnly = 'write /data; a volume that may only be read is { path: /data, readOnly: true }\n';
  expect(await path('volumes: { data: "/data:ro" }')).toBe(readOnly);
  expect(await path('volumes: { data: { path: "/data:ro,z" } }')).toBe(readOnly);
  expect(await path('volumes: { data: "/data:z" }')).toBe('write /data, without options behind a colon\n');
  expect(await path('tmpfs: ["/x:size=1,exec"]')).toBe(
    'write /x: a folder in memory has no options here; `shm` sets the size of /dev/shm\n',
  );
  expect(await path('configs: { a: { path: "/a:b/c", text: x } }')).toBe(
    'write the path without a colon, which no engine takes in it\n',
  );
  expect(await path('secrets: [{ secret: s, path: "/a:0400" }]')).toMatch(/^write \/a, without options/);
});
