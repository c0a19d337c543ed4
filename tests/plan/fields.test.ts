import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../reconciler/model/desired.ts';
import { changedFields } from '../../reconciler/plan/fields.ts';

const spec: ContainerSpec = {
  image: 'registry.lan:5000/web:2',
  environment: { LOG: 'info', TOKEN: { secret: 'token' } },
  networks: { 'home-web-db': ['web'] },
  ports: [{ port: 80, protocol: 'tcp', hostPort: 8080, address: '0.0.0.0' }],
  mounts: [{ volume: 'home-web-data', path: '/data', readOnly: false }],
  tmpfs: {},
  cpus: 1,
  memoryBytes: 512 * 1024 ** 2,
  pids: 4096,
  readOnlyRoot: true,
  capAdd: [],
  init: true,
  restart: 'unless-stopped',
  stopGraceMs: 10_000,
  labels: {},
};
const { labels: _labels, ...same } = spec;

const texts = (actual: Parameters<typeof changedFields>[0]) => changedFields(actual, spec).map(({ text }) => text);

describe('differences by field', () => {
  it('finds none in a container that is as asked', () => {
    expect(texts(same)).toEqual([]);
  });

  it('takes a field that the engine could not tell for no difference', () => {
    expect(texts({})).toEqual([]);
  });

  it('shows only the tags when the name of the image is the same', () => {
    expect(texts({ ...same, image: 'registry.lan:5000/web:1' })).toEqual(['image 1 → 2']);
    expect(texts({ ...same, image: 'nginx' })).toEqual(['image nginx → registry.lan:5000/web:2']);
  });

  it('shows the first digits of a digest', () => {
    const at = (image: string) => changedFields({ image }, { ...spec, image: `web:2@sha256:${'b'.repeat(64)}` });
    expect(at(`web:2@sha256:${'a'.repeat(64)}`)).toMatchObject([{ text: 'image 2@aaaaaaaaaaaa → 2@bbbbbbbbbbbb' }]);
    expect(at(`web:1@sha256:${'a'.repeat(64)}`)).toMatchObject([{ text: 'image 1@aaaaaaaaaaaa → 2@bbbbbbbbbbbb' }]);
    expect(at('web:2')).toMatchObject([{ text: 'image 2 → 2@bbbbbbbbbbbb' }]);
    expect(at('blog:2')).toMatchObject([{ text: 'image blog:2 → web:2@bbbbbbbbbbbb' }]);
    expect(at(`web:2@sha256:${'b'.repeat(64)}`)).toEqual([]);
  });

  it('names variables and never shows a value', () => {
    const environment = { LOG: 'hunter2', TOKEN: { secret: 'token' }, EXTRA: 'hunter3' };
    expect(texts({ ...same, environment })).toEqual(['environment EXTRA removed', 'environment LOG changed']);
    expect(texts({ ...same, environment: {} })).toEqual(['environment LOG added', 'environment TOKEN added']);
  });

  it('says ports, networks, mounts and limits in words', () => {
    const actual = {
      ...same,
      ports: [{ port: 80, protocol: 'tcp' as const, hostPort: 8081, address: '127.0.0.1' }],
      networks: {},
      mounts: [],
      memoryBytes: 1024 ** 3,
    };
    expect(texts(actual)).toEqual([
      'port 127.0.0.1:8081→80/tcp removed',
      'port 8080→80/tcp added',
      'network home-web-db added',
      'mount home-web-data at /data added',
      'memory 1Gi → 512Mi',
    ]);
  });

  it('sees more rights than asked for, and another restart policy', () => {
    const actual = { ...same, capAdd: ['ALL'], readOnlyRoot: false, restart: 'no' as unknown as 'unless-stopped' };
    expect(texts(actual)).toEqual([
      'read-only root false → true',
      'capability ALL removed',
      'restart policy no → unless-stopped',
    ]);
  });

  it('sees a command where the file leaves it to the image', () => {
    expect(texts({ ...same, command: ['sleep', '1'] })).toEqual(['command is not that of the image']);
  });
});
