import type { Value } from '../../schema/document.ts';

/** What messages know of one `x-kind` of the schema. */
interface Kind {
  /** For `… must be …`. */
  readonly what: string;
  /** Code of a value that does not have this form. */
  readonly code: string;
  /** The next step for this value, when one can be told from it. */
  readonly fix?: (value: string) => string | undefined;
}

const label = 'lower-case letters, digits and inner dashes';

/** Every `x-kind`, by name. A test proves that the schema uses each of them and no other. */
export const kinds: Readonly<Record<string, Kind>> = {
  'platform-name': {
    what: `a name: ${label}, starting with a letter, at most 40 characters`,
    code: 'AG206',
    fix: asLabel,
  },
  id: { what: `an id: ${label}, at most 40 characters`, code: 'AG206', fix: asLabel },
  namespace: { what: `a namespace: ${label}, at most 63 characters`, code: 'AG206', fix: asLabel },
  reference: { what: 'the id of something else in the file', code: 'AG206', fix: asLabel },
  hostname: { what: 'a DNS name in lower case, such as home.example.org', code: 'AG206', fix: asHostname },
  'port-name': {
    what: `a port name: ${label}, at most 15 characters, one of them a letter`,
    code: 'AG206',
    fix: asLabel,
  },
  'variable-name': {
    what: 'the name of an environment variable: letters, digits and _, not starting with a digit',
    code: 'AG206',
    fix: asVariable,
  },
  quantity: { what: 'a size with a unit, such as 512Mi or 4Gi', code: 'AG205', fix: asQuantity },
  duration: { what: 'a length of time with a unit, such as 30s, 10m or 2h', code: 'AG205', fix: asDuration },
  cpus: { what: 'a number of CPUs, such as 2 or 0.5', code: 'AG205', fix: asCpus },
  port: { what: 'a port number', code: 'AG207', fix: asPort },
  image: { what: 'a container image, such as requarks/wiki:2', code: 'AG211', fix: asImage },
  'host-path': { what: 'an absolute path on the machine of the reconciler, such as /etc/autogit/key', code: 'AG211' },
  'tcp-check': { what: 'a port number, or true for the port of the service', code: 'AG203' },
  health: {
    what: 'a map with http, tcp or exec',
    code: 'AG203',
    fix: (value) => (value.startsWith('/') ? `write { http: ${value} }` : undefined),
  },
  path: { what: 'an absolute path, such as /data', code: 'AG211', fix: asPath },
  'url-path': {
    what: 'a path that starts with /, such as /healthz',
    code: 'AG211',
    fix: (value) => (/^[^/\s]+$/.test(value) ? `write /${value}` : undefined),
  },
  url: {
    what: 'an address that starts with http:// or https://',
    code: 'AG211',
    fix: (value) => (/^[\w.-]+(?::\d+)?$/.test(value) ? `write https://${value}` : undefined),
  },
  repository: { what: 'a Git URL, such as https://git.example.org/ops/platform.git', code: 'AG211' },
  branch: { what: 'the name of a Git branch, such as main', code: 'AG211' },
  engine: {
    what: 'process, or an engine address: unix:///path, ssh://user@host or tcp://host:port',
    code: 'AG211',
    fix: asEngine,
  },
  ip: {
    what: 'an IP address, such as 127.0.0.1',
    code: 'AG211',
    fix: (value) => (value === 'localhost' ? 'write 127.0.0.1' : undefined),
  },
  user: {
    what: "a numeric user and group, such as '1000:1000'",
    code: 'AG211',
    fix: asUser,
  },
  'runner-label': { what: 'a runner label: letters, digits, dots, dashes and underscores', code: 'AG206' },
  line: { what: 'one line of text', code: 'AG211' },
  code: {
    what: 'the code of a diagnostic, such as AG501',
    code: 'AG206',
    fix: (value) => (/^ag[0-9]{3}$/i.test(value) ? `write ${value.toUpperCase()}` : undefined),
  },
  words: { what: 'a list of words, such as [npm, start]', code: 'AG203', fix: asWords },
  variable: { what: 'text, a number, true, false or { secret: id }', code: 'AG203' },
  capability: { what: 'a Linux capability without CAP_, such as NET_BIND_SERVICE', code: 'AG204' },
  signal: { what: 'a signal, such as SIGTERM', code: 'AG204' },
  'secret-source': { what: 'env, file or generate, which say where the value comes from', code: 'AG214' },
};

/** The next step for a value of a kind; undefined when nothing better than the kind itself can be said. */
export function fixOf(kind: string | undefined, value: Value | undefined): string | undefined {
  if (kind === undefined || value === undefined || value === null || typeof value === 'object') return undefined;
  return kinds[kind]?.fix?.(String(value));
}

function asLabel(value: string): string | undefined {
  const fixed = value
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\s_./]+/g, '-')
    .replace(/[^-a-z0-9]/g, '')
    .replace(/-{2,}/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return fixed === '' || fixed === value ? undefined : `write ${fixed}`;
}

function asHostname(value: string): string | undefined {
  const fixed = value
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/:].*$/, '')
    .replace(/^\*\./, '')
    .replace(/_/g, '-')
    .replace(/\.+$/, '');
  return fixed !== value && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(fixed) ? `write ${fixed}` : undefined;
}

function asVariable(value: string): string | undefined {
  const fixed = value
    .trim()
    .replace(/[^A-Za-z0-9_]/g, '_')
    .replace(/^(?=[0-9])/, '_');
  return fixed === '' ? undefined : `write ${fixed}`;
}

/** Decimal and one-letter spellings mean the binary unit nearly always; the user sees the difference and decides. */
function asQuantity(value: string): string | undefined {
  const match = /^\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)\s*$/i.exec(value);
  if (match === null) return undefined;
  const [, number = '', unit = ''] = match;
  if (unit === '') return Number(number) === 0 ? undefined : `write ${number}Mi or ${number}Gi, whichever is meant`;
  const letter = unit[0]?.toUpperCase() ?? '';
  const smaller = { T: 'Gi', G: 'Mi', M: 'Ki' }[letter];
  if (number.includes('.'))
    return smaller === undefined ? undefined : `write ${Math.round(Number(number) * 1024)}${smaller}`;
  return /^[KMGT]i?b?$/i.test(unit) && Number(number) > 0 ? `write ${number}${letter}i` : undefined;
}

const durationUnits: Readonly<Record<string, string>> = {
  s: 's',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
};

function asDuration(value: string): string | undefined {
  const sum = /^(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?$/.test(value) ? secondsIn(value) : 0;
  if (sum > 0) return `write ${inOneUnit(sum)}`;
  if (/^0+[smhd]?$/.test(value)) return 'it must be longer than nothing: write 1s';
  const match = /^\s*([0-9]+)(\.[0-9]+)?\s*([a-z]*)\s*$/i.exec(value);
  if (match === null) return undefined;
  const [, number = '', decimals, unit = ''] = match;
  if (unit === '') return `write ${number}s or ${number}m, whichever is meant`;
  const known = durationUnits[unit.toLowerCase()];
  if (unit.toLowerCase() === 'ms')
    return `the smallest unit is s: write ${Math.max(1, Math.round(Number(number) / 1000))}s`;
  if (unit.toLowerCase().startsWith('w')) return `write ${Number(number) * 7}d`;
  if (known === undefined) return undefined;
  return decimals === undefined
    ? `write ${Number(number)}${known}`
    : `write ${inOneUnit(Math.round(Number(`${number}${decimals}`) * secondsPer(known)))}`;
}

function secondsPer(unit: string): number {
  return { s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? 0;
}

function secondsIn(parts: string): number {
  return [...parts.matchAll(/([0-9]+)([dhms])/g)].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * secondsPer(unit),
    0,
  );
}

function inOneUnit(seconds: number): string {
  const unit = ['d', 'h', 'm', 's'].find((each) => seconds % secondsPer(each) === 0) ?? 's';
  return `${seconds / secondsPer(unit)}${unit}`;
}

function asCpus(value: string): string | undefined {
  const milli = /^([0-9]+)m$/.exec(value);
  if (milli !== null) return `write ${Number(milli[1]) / 1000}`;
  if (/^[0-9]+(?:\.[0-9]{1,3})?$/.test(value)) return `write ${Number(value)} without quotes`;
  const rounded = Math.round(Number(value) * 1000) / 1000;
  return rounded > 0 ? `at most three decimals: write ${rounded}` : undefined;
}

function asPort(value: string): string | undefined {
  if (/^[0-9]{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535)
    return `write ${Number(value)} without quotes`;
  const pair = /^([0-9]{1,5}):([0-9]{1,5})$/.exec(value);
  return pair === null
    ? undefined
    : `write ${pair[2]}; if ${pair[1]} must be open on the host, write { port: ${pair[2]}, publish: ${pair[1]} } under ports`;
}

function asImage(value: string): string | undefined {
  const fixed = value.replace(/\s+/g, '').replace(/^https?:\/\//, '');
  const at = fixed.lastIndexOf('/') + 1;
  const lower = fixed.slice(0, at).toLowerCase() + fixed.slice(at).replace(/^[^:@]*/, (name) => name.toLowerCase());
  return lower !== value && /^[^\s]+$/.test(lower) ? `write ${lower}` : undefined;
}

function asPath(value: string): string | undefined {
  const volume = /^([^:]*):(\/[^:]*)/.exec(value);
  if (volume !== null)
    return `${/^[./~]/.test(value) ? 'folders of the host are not mounted, a volume is made' : 'the key names the volume'}: write ${volume[2]}`;
  if (value === '/') return 'a volume cannot stand for all files: name a folder';
  if (value.includes('..')) return 'write the path without ..';
  const fixed = `/${value}`
    .replace(/\/{2,}/g, '/')
    .replace(/\/\.(?=\/|$)/g, '')
    .replace(/\/$/, '');
  return fixed !== value && fixed.length > 1 ? `write ${fixed}` : undefined;
}

function asEngine(value: string): string | undefined {
  if (value.startsWith('/')) return `write unix://${value}`;
  if (/^(?:docker|local)$/.test(value)) return 'write unix:///var/run/docker.sock';
  if (/^https?:\/\//.test(value)) return `write ${value.replace(/^https?/, 'tcp')}`;
  return /^[\w.-]+@[\w.-]+$/.test(value) ? `write ssh://${value}` : undefined;
}

function asUser(value: string): string | undefined {
  if (value === 'root') return "write '0:0'";
  if (/^[0-9]+$/.test(value)) return `write '${value}:${value}'`;
  return 'names differ between images: look the numbers up with `id` in the image';
}

function asWords(value: string): string | undefined {
  if (/["'|&;<>$`\\\n]/.test(value)) return "to run it in a shell, write [sh, -c, '…']";
  const words = value.trim().split(/\s+/);
  return words[0] === '' ? undefined : `write [${words.join(', ')}]`;
}
