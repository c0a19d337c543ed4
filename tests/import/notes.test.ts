import { expect, it } from 'vitest';
import { allowedWithoutPolicy } from '../../compiler/import/report.ts';
import { strictPolicy } from '../../reconciler/model/policy.ts';
import { importText } from './run-import.ts';

const refused = (keys: string) =>
  importText(`services:\n  web: { image: "a/b:1"${keys} }\n`).report.notes.filter((note) => note.includes('policy'));

it('says which capabilities a machine without a policy file refuses', () => {
  expect([...allowedWithoutPolicy].sort()).toEqual([...strictPolicy.capabilities].sort());
  expect(refused('')).toEqual([]);
  expect(refused(', cap_add: [NET_ADMIN]')).toEqual([
    expect.stringContaining('refuses NET_ADMIN: take out of `capabilities`'),
  ]);
  expect(refused(', cap_drop: [ALL], cap_add: [CHOWN]')).toEqual([]);
});

it('leaves the first process to images that bring their own, and to files that say so', () => {
  const imported = (image: string, keys = '') => importText(`services:\n  web: { image: "${image}"${keys} }\n`);
  for (const image of [
    'lscr.io/linuxserver/plex:1',
    'docker.io/linuxserver/plex',
    'ghcr.io/home-assistant/home-assistant:stable',
  ]) {
    expect(imported(image).text).toContain('    init: false\n');
    expect(imported(image).report.notes).toContainEqual(expect.stringContaining('web brings an init process'));
  }
  expect(imported('linuxserver/plex:1', ', init: true').text).not.toContain('init:');
  expect(imported('a/b:1', ', init: false').text).toContain('    init: false\n');
  expect(imported('notlinuxserver/plex:1').text).not.toContain('init:');
});
