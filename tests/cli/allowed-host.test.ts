import { expect, it } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { parsePlain } from '../../cli/plain-arguments.ts';
import { allowedHosts } from '../../cli/service-options.ts';

const hostsOf = (...words: readonly string[]) => {
  const parsed = parsePlain(['reconcile', ...words], commands);
  expect(parsed).toBeDefined();
  return allowedHosts(parsed?.options ?? {});
};

it('takes --allowed-host several times, because a pod is reached by its address, its Service and its ingress', () => {
  expect(hostsOf('--allowed-host', '10.1.2.3', '--allowed-host', 'Platform.Home.lan')).toEqual([
    '10.1.2.3',
    'platform.home.lan',
  ]);
  expect(hostsOf()).toEqual([]);
});

it('writes an IPv6 address as a Host header has it', () => {
  expect(hostsOf('--allowed-host', 'fd00::7', '--allowed-host', '[fd00::8]')).toEqual(['[fd00::7]', '[fd00::8]']);
});
