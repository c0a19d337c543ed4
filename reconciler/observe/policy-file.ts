import { lstat, readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { type Policy, strictPolicy } from '../model/policy.ts';
import { fail, ok, type Result } from '../model/result.ts';

/** How each key of the policy file is read; what gives undefined is a mistake. */
const readers: {
  readonly [Key in keyof Policy]: {
    readonly wants: string;
    readonly read: (value: unknown) => Policy[Key] | undefined;
  };
} = {
  registries: { wants: 'a list of texts', read: texts },
  capabilities: { wants: 'a list of Linux capabilities as NET_ADMIN, without CAP_', read: capabilities },
  ports: { wants: 'a list of ports or ranges, 80 or 8000-8999', read: portRanges },
  addresses: { wants: 'a list of texts', read: texts },
  processPrograms: { wants: 'a list of absolute paths', read: (value) => paths(value, '') },
  secretFolders: { wants: 'a list of absolute paths that end with "/"', read: (value) => paths(value, '/') },
  secretVariables: { wants: 'a list of texts', read: texts },
  hostFolders: { wants: 'a list of absolute paths that end with "/"', read: (value) => paths(value, '/') },
  externalVolumes: { wants: 'a list of texts', read: texts },
  devices: { wants: 'a list of absolute paths', read: (value) => paths(value, '') },
  hostNetwork: { wants: 'true or false', read: (value) => (typeof value === 'boolean' ? value : undefined) },
  pruneMax: { wants: 'a whole number', read: count },
  poolMax: { wants: 'a whole number', read: count },
  memoryBytesMax: { wants: 'a whole number of bytes', read: count },
};

/**
 * The policy of this machine. A missing file is the strict defaults; keys that are not in it keep theirs. A file that
 * others can change, that is not root's when we are root, or that holds an unknown key is refused: start nothing then.
 *
 * @param options.uid of this process; absent where there are no users
 */
export async function readPolicy(path: string, options: { readonly uid?: number } = {}): Promise<Result<Policy>> {
  let text: string;
  try {
    const stat = await lstat(path);
    if (!stat.isFile())
      return fail('rejected', `the policy ${path} is no regular file; put a regular file there or remove it`);
    if ((stat.mode & 0o022) !== 0)
      return fail('unauthorized', `the policy ${path} can be changed by others; run: chmod go-w ${path}`);
    if (options.uid === 0 && stat.uid !== 0)
      return fail('unauthorized', `the policy ${path} does not belong to root; run: chown root ${path}`);
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return ok(strictPolicy);
    return fail(
      'unauthorized',
      `the policy ${path} cannot be read (${code ?? String(error)}); let the reconciler's user read it`,
    );
  }
  return parsePolicy(text, path);
}

/** Reads the YAML text of a policy; `path` is for messages. */
export function parsePolicy(text: string, path: string): Result<Policy> {
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined)
    return fail('rejected', `the policy ${path} is no valid YAML: ${error.message.split('\n')[0]}`);
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (value === null) return ok(strictPolicy);
  if (typeof value !== 'object' || Array.isArray(value))
    return fail('rejected', `the policy ${path} must be a map of keys`);
  const policy: Record<string, unknown> = { ...strictPolicy };
  for (const [key, item] of Object.entries(value)) {
    if (!isKey(key))
      return fail(
        'rejected',
        `the policy ${path} has the unknown key ${key}; known are ${Object.keys(readers).join(', ')}`,
      );
    const { wants, read } = readers[key];
    const parsed = read(item);
    if (parsed === undefined) return fail('rejected', `${key} in the policy ${path} must be ${wants}`);
    policy[key] = parsed;
  }
  return ok(policy as unknown as Policy);
}

function isKey(key: string): key is keyof Policy {
  return Object.hasOwn(readers, key);
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

/** Linux capabilities (capabilities(7), Linux 6.12). */
const known =
  'AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM'.split(
    ' ',
  );

/** A name that is none would allow nothing, and nobody would hear of it. */
function capabilities(value: unknown): readonly string[] | undefined {
  const list = texts(value);
  return list?.every((name) => known.includes(name)) ? list : undefined;
}

function paths(value: unknown, end: string): readonly string[] | undefined {
  const list = texts(value);
  return list?.every((item) => item.startsWith('/') && item.endsWith(end) && !item.split('/').includes('..'))
    ? list
    : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function portRanges(value: unknown): Policy['ports'] | undefined {
  if (!Array.isArray(value)) return undefined;
  const ranges = value.map((item) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(item));
    return { from: Number(match?.[1] ?? 0), to: Number(match?.[2] ?? match?.[1] ?? 0) };
  });
  return ranges.every(({ from, to }) => from >= 1 && from <= to && to <= 65_535) ? ranges : undefined;
}
