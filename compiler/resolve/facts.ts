import type { Collected, Facts, Said } from '../model/facts.ts';
import { compareText } from '../model/order.ts';
import type { Declared } from './bind.ts';

/** The facts of all parts, each with its part and its host. */
export function collect(declared: readonly Declared[]): Collected {
  const certificates = declared.flatMap(({ facts }) => facts.certificates ?? [])[0];
  return {
    ...(certificates === undefined ? {} : { certificates }),
    resolvers: declared.flatMap(({ facts }) => facts.resolvers ?? []),
    routes: [...said(declared, ({ routes }) => routes)].sort(
      (a, b) => compareText(a.hostname, b.hostname) || compareText(a.path, b.path) || compareText(a.id, b.id),
    ),
    streams: sorted(said(declared, ({ streams }) => streams)),
    volumes: sorted(said(declared, ({ volumes }) => volumes)),
    scrapes: sorted(said(declared, ({ scrapes }) => scrapes)),
    alerts: sorted(said(declared, ({ alerts }) => alerts)),
    dumps: sorted(said(declared, ({ dumps }) => dumps)),
  };
}

function said<T>(declared: readonly Declared[], of: (facts: Facts) => readonly T[] | undefined): readonly Said<T>[] {
  return declared.flatMap(({ part, context, facts }) =>
    (of(facts) ?? []).map((fact) => ({ ...fact, owner: part.owner, host: context.host.id })),
  );
}

function sorted<T extends { readonly id: string }>(facts: readonly Said<T>[]): readonly Said<T>[] {
  return [...facts].sort((a, b) => compareText(a.id, b.id));
}
