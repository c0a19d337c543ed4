import type { IConfiguration, IForbiddenRuleType } from 'dependency-cruiser';
import { productFolders, type Room, rooms } from './rooms.ts';

const product = `^(${productFolders.join('|')})/`;

/** The configuration of dependency-cruiser: the table of rooms as rules, and what holds everywhere. */
export function importRules(): IConfiguration {
  return {
    forbidden: [...rooms.map(roomRule), componentRule, ...houseRules],
    options: {
      doNotFollow: { path: '(^|/)node_modules/' },
      exclude: { path: '^(dist|examples|tests/(golden|artifacts)|\\.tools)/' },
      tsPreCompilationDeps: true,
      tsConfig: { fileName: 'tsconfig.json' },
      combinedDependencies: false,
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'require', 'types', 'default'],
        mainFields: ['module', 'main', 'types'],
      },
    },
  };
}

/** Everything that is not named in the row is forbidden. Files of rooms further up do not count as this room's. */
function roomRule(room: Room): IForbiddenRuleType {
  const earlier = rooms.slice(0, rooms.indexOf(room)).map((other) => other.files);
  return {
    name: `room:${room.name}`,
    severity: 'error',
    comment: `${room.name} imports something that its row in scripts/check/rooms.ts does not allow`,
    from: { path: room.files, pathNot: earlier },
    to: { pathNot: [room.files, ...room.mayImport, ...outside(room)] },
  };
}

function outside({ packages = [], node = [] }: Room): string[] {
  const allowed = packages.map((name) => `(^|/)node_modules/(@types/)?${name}/`);
  if (node === 'any') return [...allowed, `^(node:)?${builtIn}$`];
  return [...allowed, ...node.map((name) => `^(node:)?${name}$`)];
}

/** Modules of Node resolve to their bare name; a file of ours always has a folder or an extension. */
const builtIn = '[a-z0-9_]+(/promises)?';

const componentRule: IForbiddenRuleType = {
  name: 'components-apart',
  severity: 'error',
  comment: 'components never import each other; what several share lies at the top of library/',
  from: { path: '^library/([^/]+)/' },
  to: { path: '^library/[^/]+/', pathNot: '^library/$1/' },
};

const houseRules: readonly IForbiddenRuleType[] = [
  {
    name: 'no-cycle',
    severity: 'error',
    comment:
      'files that need each other to start cannot be understood one after the other (types and lazy imports may)',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
  },
  {
    name: 'no-orphan',
    severity: 'error',
    comment: 'nothing imports this file, and it imports nothing',
    from: { orphan: true, path: product, pathNot: ['\\.d\\.m?ts$', '\\.json$'] },
    to: {},
  },
  {
    name: 'resolves',
    severity: 'error',
    comment: 'the imported file or package is not there',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'product-apart',
    severity: 'error',
    comment: 'the product never imports tests, scripts or benchmarks',
    from: { path: product },
    to: { path: '^(tests|scripts|bench)/' },
  },
  {
    name: 'no-development-package',
    severity: 'error',
    comment: 'a package the product needs stands under dependencies in package.json',
    from: { path: '^(compiler|library|reconciler|cli)/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
  },
];
