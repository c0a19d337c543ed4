import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cpuQuantity, sizeQuantity } from '../../compiler/kubernetes/quantity.ts';
import { bytesOf, composeDuration, composeSize, millisecondsOf } from '../../compiler/model/compose-units.ts';

it.each([
  [0, '0s'],
  [500, '500ms'],
  [30_000, '30s'],
  [60_000, '1m'],
  [90_000, '1m30s'],
  [3_600_000, '1h'],
  [5_400_500, '1h30m500ms'],
])('%d ms is %s in a Compose file', (ms, text) => {
  expect(composeDuration(ms)).toBe(text);
});

it('reads every duration and size back', () => {
  fc.assert(
    fc.property(fc.nat(), (ms) => {
      expect(millisecondsOf(composeDuration(ms))).toBe(ms);
    }),
  );
  fc.assert(
    fc.property(fc.nat(), (bytes) => {
      expect(bytesOf(composeSize(bytes))).toBe(bytes);
    }),
  );
});

it.each([
  ['', undefined],
  ['30', undefined],
  ['30 s', undefined],
  ['1d', undefined],
])('does not take %j for a duration', (text, expected) => {
  expect(millisecondsOf(text)).toBe(expected);
});

it.each([
  [2 ** 30, '1g', '1Gi'],
  [512 * 2 ** 20, '512m', '512Mi'],
  [1536 * 2 ** 10, '1536k', '1536Ki'],
  [1000, '1000b', '1000'],
])('%d bytes are %s for Compose and %s for Kubernetes', (bytes, compose, kubernetes) => {
  expect([composeSize(bytes), sizeQuantity(bytes)]).toEqual([compose, kubernetes]);
});

it.each([
  [1, '1'],
  [0.5, '500m'],
  [1.25, '1250m'],
  [0.001, '1m'],
])('%d CPUs are %s for Kubernetes', (cpus, text) => {
  expect(cpuQuantity(cpus)).toBe(text);
});
