import type { PlainValue } from '../../schema/diagnostic.ts';

/** The next step for one value. */
export interface Advice {
  /** One sentence for the person. */
  readonly hint: string;
  /** What the author certainly meant, when nothing else can be meant: `autogit validate --fix` writes it. */
  readonly means?: PlainValue;
  /** The same with certainty: what is written there, as text. */
  readonly quote?: boolean;
}

/** The value itself is the advice, and it is certain. */
export function surely(
  means: PlainValue,
  hint = `write ${typeof means === 'string' ? means : JSON.stringify(means)}`,
): Advice {
  return { hint, means };
}

/** A name with characters that it cannot have. Certain where only case, spaces and underscores are in the way. */
export function asLabel(value: string): Advice | undefined {
  const fixed = value
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\s_./]+/g, '-')
    .replace(/[^-a-z0-9]/g, '')
    .replace(/-{2,}/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  if (fixed === '' || fixed === value) return undefined;
  const hint = `write ${fixed}`;
  return /^[A-Za-z0-9][-_ A-Za-z0-9]{0,38}[A-Za-z0-9]$/.test(value) ? surely(fixed, hint) : { hint };
}

/** The first part of a whole name, or what `asLabel` makes of it. */
export function asHostLabel(value: string): Advice | undefined {
  const [first = '', ...others] = value
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .split('.');
  if (others.length > 1 && /^[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?$/.test(first))
    return { hint: `write ${first}; the domain comes behind it by itself` };
  return asLabel(value);
}

/** A path of a machine has no folder that it could start from. @param usual where such things often lie */
export function asHostPath(value: string, usual: string): Advice | string | undefined {
  if (/^[A-Za-z]:[\\/]/.test(value)) return `name a path of the machine itself, for example ${usual}`;
  if (value.startsWith('/')) {
    const fixed = value
      .replace(/\/{2,}/g, '/')
      .replace(/\/\.(?=\/|$)/g, '')
      .replace(/\/$/, '');
    if (fixed.includes('..')) return 'write the path without ..';
    return fixed.length < 2 ? 'name a folder: all of the machine is never handed out' : surely(fixed);
  }
  const rest = value.replace(/^(?:~|\.{1,2})?\/*/, '').replace(/\/+$/, '');
  return /^[\w./-]+$/.test(rest) && !rest.includes('..')
    ? `write the whole path from /, for example ${usual}/${rest}`
    : 'write the whole path from /';
}

/** Shares of a NAS are mounted by the host; what needs a key of its own or a program beside restic is not offered. */
export function asBackupRepository(value: string): string {
  const mounted = 'mount it on the host and write the path that it has there, such as /mnt/backup';
  if (/^https?:\/\//.test(value)) return `write s3:${value} or rest:${value}, whichever speaks there`;
  if (/^(?:sftp|rclone|local):/.test(value)) return `AutoGit does not offer ${value.split(':')[0]}: ${mounted}`;
  if (/^(?:\/\/|(?:smb|cifs|nfs|ssh|ftp):|[\w.-]+@?[\w.-]*:\/)/.test(value))
    return `a share of another machine: ${mounted}`;
  return /^[.~]|^[^:]*$/.test(value)
    ? `write the whole path, such as /mnt/${value.replace(/^[.~/]+/, '') || 'backup'}`
    : mounted;
}

/** DNS does not tell upper from lower case, and a name has neither scheme nor a dot at the end. */
export function asHostname(value: string): Advice | string | undefined {
  const bare = value
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '')
    .replace(/\.+$/, '');
  const fixed = bare
    .replace(/[/:].*$/, '')
    .replace(/^\*\./, '')
    .replace(/_/g, '-')
    .replace(/\.+$/, '');
  if (/^[0-9]+(?:\.[0-9]+)*$/.test(fixed))
    return 'an address is no name: write one, such as home.lan, that your DNS gives that address';
  if (fixed === value || !/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(fixed)) return undefined;
  const hint = `write ${fixed}`;
  return fixed === bare ? surely(fixed, hint) : { hint };
}

/** Some programs read a number that starts with 0 as octal, so what `010` was to mean is not certain. */
export function asAddress(value: string): Advice | string | undefined {
  if (value === 'localhost') return surely('127.0.0.1');
  if (!/^[0-9]+(?:\.[0-9]+){3}$/.test(value)) return undefined;
  const plain = value.split('.').map(Number);
  return plain.every((part) => part <= 255) ? `write ${plain.join('.')}` : 'each of its four numbers is at most 255';
}

/** The program reads the variable by its exact name, so only it knows what is right. */
export function asVariable(value: string): string | undefined {
  const named = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(value)?.[1];
  if (named !== undefined) return `write ${named}, without $`;
  const fixed = value
    .trim()
    .replace(/[^A-Za-z0-9_]/g, '_')
    .replace(/^(?=[0-9])/, '_');
  return fixed === '' ? undefined : `write ${fixed}`;
}

export function asImage(value: string): Advice | undefined {
  const fixed = value
    .replace(/\s+/g, '')
    .replace(/^https?:\/\//, '')
    .replace(/:{2,}/, ':');
  const at = fixed.lastIndexOf('/') + 1;
  const lower = fixed.slice(0, at).toLowerCase() + fixed.slice(at).replace(/^[^:@]*/, (name) => name.toLowerCase());
  return lower !== value && /^[a-z0-9][\w./:@-]*$/.test(lower) ? surely(lower) : undefined;
}

export function asPath(value: string): Advice | string | undefined {
  const volume = /^([^:]*):(\/[^:]*)/.exec(value);
  if (volume !== null) {
    const [, source = '', path] = volume;
    if (source.startsWith('/'))
      return `for a folder of the host write { path: ${path}, hostPath: ${source} }, for a volume ${path}`;
    if (!/^[.~]/.test(source)) return `the key names the volume: write ${path}`;
    return `write ${path} for a volume, or { path: ${path}, hostPath: … } with the absolute path of a folder of the host`;
  }
  const [, folder, options] = /^(\/[^:]*):([^:/]*)$/.exec(value) ?? [];
  if (folder !== undefined && options !== undefined) return withoutOptions(folder, options);
  if (value === '/') return 'a volume cannot stand for all files: name a folder';
  if (value.includes('..')) return 'write the path without ..';
  const fixed = `/${value}`
    .replace(/\/{2,}/g, '/')
    .replace(/\/\.(?=\/|$)/g, '')
    .replace(/\/$/, '');
  if (value.startsWith('/') && value.includes(':'))
    return 'write the path without a colon, which no engine takes in it';
  if (fixed === value || fixed.length < 2) return undefined;
  return value.startsWith('/') ? surely(fixed) : `write ${fixed}`;
}

/** `/data:ro`, `/cache:size=64m,exec`: options of Docker behind a path. */
function withoutOptions(folder: string, options: string): string {
  const all = options.split(',');
  if (all.includes('ro'))
    return `write ${folder}; a volume that may only be read is { path: ${folder}, readOnly: true }`;
  if (all.some((each) => each.startsWith('size=')))
    return `write ${folder}: a folder in memory has no options here; \`shm\` sets the size of /dev/shm`;
  return `write ${folder}, without options behind a colon`;
}

export function asEngine(value: string): Advice | string | undefined {
  if (value.startsWith('/')) return surely(`unix://${value}`);
  if (/^(?:docker|local)$/.test(value)) return 'write unix:///var/run/docker.sock';
  if (/^https?:\/\//.test(value)) return `write ${value.replace(/^https?/, 'tcp')}`;
  if (/^[0-9]+(?:\.[0-9]+){3}$/.test(value))
    return `write tcp://${value}:2376, the address of its Docker engine with TLS`;
  return /^[\w.-]+@[\w.-]+$/.test(value) ? surely(`ssh://${value}`) : undefined;
}

export function asUser(value: string): Advice | string | undefined {
  if (value === 'root') return surely('0:0', "write '0:0'");
  if (/^[0-9]+$/.test(value)) return `write '${value}:${value}'`;
  return 'names differ between images: look the numbers up with `id` in the image';
}

/** A command as one text. Nothing is left to decide when no character means anything to a shell. */
export function asWords(value: string): Advice | string | undefined {
  if (/["'|&;<>$`\\\n]/.test(value)) return "to run it in a shell, write [sh, -c, '…']";
  const words = value.trim().split(/\s+/);
  if (words[0] === '') return undefined;
  const quoted = words.map((word) => (/[,[\]{}#&*!%@?:]|^[->]/.test(word) ? `'${word}'` : word));
  const hint = `write [${quoted.join(', ')}]`;
  return /[*?#~()[\]{}=,!]/.test(value) ? hint : surely(words, hint);
}
