import type { Fragment } from '../model/component.ts';
import type { Facts } from '../model/facts.ts';
import { compareText } from '../model/order.ts';
import type { Route } from '../model/platform.ts';
import { bind, type Declared } from './bind.ts';
import { collect } from './facts.ts';
import { impliedPart, type Part, partsOf } from './parts.ts';
import { type Placed, type PlaceOptions, place } from './place.ts';
import { isUnplaced } from './unplaced.ts';

/** What one role or service became. `owner` is its id, which `needs` may name. */
export interface Expanded {
  readonly owner: string;
  readonly part: Part;
  /** The file leaves open which of several Docker hosts runs it. */
  readonly unplaced: boolean;
  /** The host that it runs on, whoever chose it. */
  readonly host: string;
  readonly facts: Facts;
  readonly fragment: Fragment;
}

export interface ExpandOptions extends PlaceOptions {
  /** Contents of the files of the repository that the file names, by path. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/**
 * Every role and service of the file, expanded: all say what others may know of them, then each demand gets its binding,
 * then each is expanded with its bindings and everybody's facts. No step depends on an order of the parts.
 */
export function expandPlatform(options: ExpandOptions): readonly Expanded[] {
  const { files = {} } = options;
  const declared = declareAll(options);
  const bound = bind(declared);
  const facts = collect(declared);
  return declared.map(({ part, context, facts: own }) => ({
    owner: part.owner,
    part,
    unplaced: isUnplaced(part.placement, options.hosts),
    host: context.host.id,
    facts: own,
    fragment: part.component.expand(part.parameters, {
      ...context,
      bindings: bound.bindingsOf(part.owner),
      clients: bound.clientsOf(part.owner),
      facts,
      files,
    }),
  }));
}

/** All parts with their facts. As soon as one has a route there is an ingress. */
function declareAll(options: ExpandOptions): readonly Declared[] {
  const parts = partsOf(options.spec, options.catalog);
  const declared = declareEach(place(parts, options));
  const first = declared.flatMap(({ facts }) => facts.routes ?? []).sort(byAddress)[0];
  if (first === undefined || parts.some(({ role }) => role === 'ingress')) return declared;
  const ingress = impliedPart('ingress', first.origin, options.catalog);
  return [...declared, ...declareEach(place([ingress], options))];
}

function declareEach(placed: readonly Placed[]): readonly Declared[] {
  return placed.map((each) => {
    const { component, parameters } = each.part;
    return { ...each, facts: component.declare?.(parameters, each.context) ?? {} };
  });
}

function byAddress(a: Route, b: Route): number {
  return compareText(a.hostname, b.hostname) || compareText(a.path, b.path) || compareText(a.id, b.id);
}
