import type { Imported } from './import-compose.ts';
import type { Fate, Row } from './ledger.ts';
import { roomFor } from './service/read-service.ts';

/** What the import did with a Compose file, for people and programs. */
export interface ImportReport {
  readonly file: string;
  readonly name: string;
  readonly domain: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly services: readonly string[];
  /** Secrets whose value somebody has to put in its new place. */
  readonly secrets: readonly {
    readonly id: string;
    readonly env?: string;
    readonly file?: string;
    /** Where the value is now. */
    readonly line?: number;
    readonly column?: number;
  }[];
  readonly counts: Readonly<Record<Fate, number>>;
  /** Every value of the Compose file, in its order. */
  readonly rows: readonly Row[];
  /** What is different for all services alike. */
  readonly notes: readonly string[];
}

export function reportOf(file: string, imported: Imported): ImportReport {
  const { name, domain, roles, services, secrets, rows } = imported;
  const count = (fate: Fate) => rows.filter((row) => row.fate === fate).length;
  return {
    file,
    name,
    domain,
    roles: Object.fromEntries(roles.map(({ role, scope }) => [role, scope.name])),
    services: services.map(({ id }) => id),
    secrets: secrets.map(({ id, source, from }) => ({ id, ...source, ...from })),
    counts: { taken: count('taken'), changed: count('changed'), lost: count('lost') },
    rows,
    notes: notesOf(imported),
  };
}

/** Capabilities that a machine without a policy file allows; a test compares them with the reconciler's. */
export const allowedWithoutPolicy: readonly string[] = [
  'NET_BIND_SERVICE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'SETUID',
  'SETGID',
  'SYS_CHROOT',
  'KILL',
  'FSETID',
];

/** Whether it asks for more of the machine than images, ports and capabilities. */
function asksHost(services: Imported['services'], secrets: Imported['secrets']): boolean {
  const files = secrets.some(
    ({ source }) => 'file' in source && !/^\/(?:etc\/autogit|run\/secrets)\//.test(source.file),
  );
  return (
    files ||
    services.some(
      ({ draft }) =>
        draft.hostNetwork ||
        draft.devices.length > 0 ||
        Object.values(draft.volumes).some(({ external, hostPath }) => external !== undefined || hostPath !== undefined),
    )
  );
}

function notesOf({ services, guessedDomain, domain, gpus, secrets }: Imported): readonly string[] {
  const unlimited = services.filter(
    ({ draft }) => draft.limits.cpus === undefined || draft.limits.memory === undefined,
  );
  const refused = [...new Set(services.flatMap(({ draft }) => draft.capabilities))]
    .filter((name) => !allowedWithoutPolicy.includes(name))
    .sort();
  const ownInit = services.filter(({ draft }) => draft.ownInit === true).map(({ id }) => id);
  return [
    ...(guessedDomain ? [`the domain ${domain} is a guess: write yours, or import again with --domain`] : []),
    ...(services.length === 0
      ? []
      : [
          'a service reaches what it `needs` and nothing else; who names another one in an address needs it, and starts after it',
          'every container keeps running, has an init process, and gains no privileges by setuid programs',
          'of what Docker gives, AUDIT_WRITE, FSETID, MKNOD, NET_RAW, SETFCAP and SETPCAP are left out: write one into `capabilities` where a program says that an operation is not permitted',
        ]),
    ...services.flatMap(({ id, draft }) =>
      draft.job === undefined || draft.job.timeout !== undefined
        ? []
        : [
            `${id} is a job, because others wait until it is done; one run may take 1h, unless \`schedule\` has a \`timeout\``,
          ],
    ),
    ...gpus.guessed.map(
      (vendor) =>
        `no Compose file says what GPUs a host has: \`hosts\` is written with as many of ${vendor} as the services ask for, so write how many there are`,
    ),
    ...(ownInit.length === 0
      ? []
      : [
          `${list(ownInit)} ${ownInit.length === 1 ? 'brings' : 'bring'} an init process that must be the first one: \`init: false\` is written`,
        ]),
    ...(refused.length === 0
      ? []
      : [
          `a machine without a policy file refuses ${list(refused)}: take out of \`capabilities\` what a service does not need, or allow it in /etc/autogit/policy.yaml`,
        ]),
    ...(asksHost(services, secrets)
      ? [
          'a machine without a policy file gives nothing of the host, no volumes of others, and no secrets from folders but /etc/autogit: `autogit reconcile --embedded --once` says which lines /etc/autogit/policy.yaml needs',
        ]
      : []),
    ...(unlimited.length === 0
      ? []
      : [
          `Compose limits nothing; ${list(unlimited.map(({ id }) => id))} may use ${roomFor.cpus} CPUs and ${roomFor.memory(services.length)} of memory: see whether that is enough`,
        ]),
  ];
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** The report as lines: what changed and what is lost with its place; what was taken over is counted. */
export function reportText(report: ImportReport): string {
  const { counts, rows, secrets, notes } = report;
  const told = rows.filter(({ fate }) => fate !== 'taken');
  const places = told.map(({ line, column }) => `${report.file}:${line}:${column}`);
  const wide = Math.max(0, ...places.map((place) => place.length));
  const lines = told.flatMap((row, index) => [
    `${row.fate.padEnd(8)}${(places[index] ?? '').padEnd(wide + 2)}${row.path}`,
    `        ${row.why ?? ''}${row.to === undefined ? '' : ` → ${row.to}`}`,
    ...(row.next === undefined ? [] : [`        next: ${row.next}`]),
  ]);
  return [
    ...lines,
    ...(lines.length === 0 ? [] : ['']),
    ...secrets.flatMap((secret) => secretLine(secret)),
    ...notes.map((note) => `note    ${note}`),
    `${report.file}: ${counts.taken} taken over, ${counts.changed} changed, ${counts.lost} lost`,
    '',
  ].join('\n');
}

function secretLine({ id, env, file, line }: ImportReport['secrets'][number]): readonly string[] {
  if (file !== undefined) return [`secret  ${id}: the reconciler reads it from ${file}`];
  const from = line === undefined ? '' : `; its value is at line ${line} of the Compose file`;
  return [`secret  ${id}: put it into ${env} of the reconciler's environment${from}`];
}
