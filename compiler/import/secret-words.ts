import { splitWords } from './words.ts';

/** Which values are secrets, judged by the name that they have and by their shape. */

const strong =
  /^(?:PASSWORDS?|PASSWD|PASSPHRASE|PASS|PWD|SECRETS?|TOKENS?|KEYS?|APIKEY|CREDENTIALS?|SALT|PASSWORDHASH|PRIVATEKEY)$/;
const inside = /PASSWORD|PASSWD|SECRET|TOKEN|APIKEY|CREDENTIAL/;
/** The last word says that the value is about a secret and is none. */
const harmless =
  /^(?:FILES?|PATH|DIR|FOLDER|ENABLED?|DISABLED?|TTL|EXPIRY|EXPIRES|EXPIRATION|LIFETIME|TIMEOUT|INTERVAL|LENGTH|SIZE|TYPE|ALGORITHM|ALGO|ISSUER|REALM|HEADER|SERVICE|MODE|POLICY|NAME|COUNT|LIMIT|REQUIRED|URLS?|HOST|PORT|PLUGIN)$/;

/**
 * Whether the value of an environment variable is a secret. Empty values, switches and paths are none, whatever their
 * name. An address with a password in it is one, whatever its name.
 */
export function isSecretValue(name: string, value: string): boolean {
  if (value === '') return false;
  if (hasCredentials(value)) return true;
  if (/^(?:true|false|yes|no|on|off|none|null)$/i.test(value)) return false;
  if (/^(?:file:)?\.{0,2}\/[^\s]*$/.test(value) && !/[=+]$/.test(value)) return false;
  return isSecretName(name);
}

/** `DB_PASSWORD`, `apiKey`, `GITLAB_SECRETS_DB_KEY_BASE`; not `TOKEN_TTL` and not `PASSWORD_FILE`. */
export function isSecretName(name: string): boolean {
  const parts = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((part) => part !== '');
  if (harmless.test(parts.at(-1) ?? '')) return false;
  if (/^(?:ALLOW|ENABLE|DISABLE|REQUIRE|USE)$/.test(parts[0] ?? '')) return false;
  return parts.some((part) => strong.test(part) || inside.test(part));
}

/** `postgres://user:password@host`, or a private key. */
export function hasCredentials(value: string): boolean {
  return /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i.test(value) || /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value);
}

/**
 * The first word of a command that is or holds a secret: `--requirepass`, `--password=…`, `-e TOKEN=…`; undefined when
 * there is none.
 */
export function secretWordIn(words: readonly string[]): string | undefined {
  // A word with blanks is a line for a shell.
  const all = words.flatMap((word) => (/\s/.test(word) ? [word, ...(splitWords(word) ?? word.split(/\s+/))] : [word]));
  return all.find((word, index) => {
    if (hasCredentials(word)) return true;
    if (word.startsWith('$')) return false;
    const option = /^-{0,2}([A-Za-z][\w.-]*)=(.+)$/s.exec(word);
    if (option !== null)
      return isSecretValue(lastPart(option[1] ?? ''), option[2] ?? '') && !/^["']?\$/.test(option[2] ?? '');
    const before = all[index - 1];
    return (
      before !== undefined &&
      /^--?[A-Za-z][\w.-]+$/.test(before) &&
      !word.startsWith('-') &&
      (isSecretValue(lastPart(before), word) || /^--?requirepass$/i.test(before))
    );
  });
}

/** The name of an option that is a path: `--certificatesresolvers.x.acme.keytype` → `keytype`. */
function lastPart(option: string): string {
  return option.replace(/^-+/, '').split('.').at(-1) ?? '';
}
