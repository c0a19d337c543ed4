/** Every suite of `npm test`, in running order. A real suite says in `tests/real/<name>/available.ts` whether it can run here. */
export interface Suite {
  readonly name: string;
  readonly about: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Talks to a real server or program: one file at a time, with patience. */
  readonly real: boolean;
  /** Tries that a failed test gets anew under `CI=true`, where the machine is not ours; the table tells how many did. */
  readonly retries: number;
}

export const suites: readonly Suite[] = [
  {
    name: 'unit',
    about: 'everything that needs nothing but Node and git',
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/real/**', 'tests/fuzz/**'],
    real: false,
    retries: 0,
  },
  {
    name: 'fuzz',
    about: '50,000 texts and files that nobody planned, given to the compiler',
    include: ['tests/fuzz/**/*.test.ts'],
    exclude: [],
    real: false,
    retries: 0,
  },
  real('docker', 'the reconciler against a Docker Engine of its own'),
  real('compose', 'rendered Compose files read by Docker Compose'),
  real('registry', 'digests of images from a container registry'),
  real('secrets', 'files that SOPS and age encrypted'),
  real('oracles', 'configuration of components given to the programs that read it'),
  real('kubernetes', 'rendered objects sent to a kube-apiserver'),
  real('forge', 'load source and runners against a forge'),
  real('browser', 'the dashboard in a browser'),
  real('chain', 'ingress, certificates, sign-on, forge and name server together, in a browser', 0),
  // Steps of one story, each on the ground of the one before: none can be told twice.
  real('main-job', 'the whole story: forge, engine, reconciler, runners', 0),
];

function real(name: string, about: string, retries = 1): Suite {
  return { name, about, include: [`tests/real/${name}/**/*.test.ts`], exclude: [], real: true, retries };
}
