import { pointerTo } from '../../model/pointer.ts';
import type { ManifestJson } from '../synth.ts';
import type { Place } from './place.ts';
import { isKind } from './world.ts';

type Quantities = Readonly<Record<string, string | number>> | undefined;

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const form = /^([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:([KMGTPE]i|[numkMGTPE]?)|[eE]([+-]?[0-9]+))$/;

const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal = ['k', 'M', 'G', 'T', 'P', 'E'];
const parts = ['m', 'u', 'n'];

/** The number that a quantity stands for; undefined when it stands for none. */
function amountOf(quantity: string | number): number | undefined {
  const [, number, unit = '', exponent] = form.exec(String(quantity)) ?? [];
  if (number === undefined) return undefined;
  if (exponent !== undefined) return Number(`${number}e${exponent}`);
  if (parts.includes(unit)) return Number(number) / 1000 ** (parts.indexOf(unit) + 1);
  if (binary.includes(unit)) return Number(number) * 1024 ** (binary.indexOf(unit) + 1);
  return Number(number) * 1000 ** (decimal.indexOf(unit) + 1);
}

/** Amounts that no server reads. */
export function quantityFaults(quantities: Quantities, path: string): readonly Place[] {
  return Object.entries(quantities ?? {}).flatMap(([name, quantity]) =>
    amountOf(quantity) === undefined
      ? [
          {
            path: pointerTo(path, name),
            wrong: `'${quantity}' is no quantity`,
            hint: 'write a number and a unit such as 64Mi, 2Gi or 500m',
          },
        ]
      : [],
  );
}

/** What a container asks for and may use: amounts that can be read, and no more asked for than allowed. */
export function resourceFaults(
  { requests, limits }: { readonly requests?: Quantities; readonly limits?: Quantities },
  path: string,
): readonly Place[] {
  const above = Object.entries(requests ?? {}).flatMap(([name, asked]) => {
    const limit = limits?.[name];
    if (limit === undefined || !((amountOf(asked) ?? 0) > (amountOf(limit) ?? Number.POSITIVE_INFINITY))) return [];
    return [
      {
        path: pointerTo(path, 'requests', name),
        wrong: `it requests ${asked}, and its limit is ${limit}`,
        hint: 'request no more than the limit; `limits:` of the service sets both',
      },
    ];
  });
  return [...quantityFaults(requests, `${path}/requests`), ...quantityFaults(limits, `${path}/limits`), ...above];
}

/** Of a claim, or of the claims that a StatefulSet makes. */
export function claimFaults(object: ManifestJson): readonly Place[] {
  if (isKind(object, 'PersistentVolumeClaim')) return resourceFaults(object.spec?.resources ?? {}, '/spec/resources');
  if (!isKind(object, 'StatefulSet')) return [];
  return (object.spec?.volumeClaimTemplates ?? []).flatMap(({ spec }, index) =>
    resourceFaults(spec?.resources ?? {}, pointerTo('/spec/volumeClaimTemplates', index, 'spec', 'resources')),
  );
}
