/** Which values are secrets, judged by the name that they have and by their shape. */

const strong =
  /^(?:PASSWORDS?|PASSWD|PASSPHRASE|PASS|PWD|SECRETS?|TOKENS?|KEYS?|APIKEY|CREDENTIALS?|SALT|PASSWORDHASH|PRIVATEKEY)$/;
const inside = /PASSWORD|PASSWD|SECRET|TOKEN|APIKEY|CREDENTIAL/;
/** The last word says that the value is about a secret and is none. */
const harmless =
  /^(?:FILES?|PATH|DIR|FOLDER|ENABLED?|DISABLED?|TTL|EXPIRY|EXPIRES|EXPIRATION|LIFETIME|TIMEOUT|INTERVAL|LENGTH|SIZE|TYPE|ALGORITHM|ALGO|ISSUER|REALM|HEADER|SERVICE|MODE|POLICY|NAME|COUNT|LIMIT|REQUIRED|URLS?|HOST|PORT|PLUGIN)$/;

/**
 * Whether the value of an environment variable is a secret. Empty values, switches and paths are none, whatever their
 * name. An address with a password in it is one, whatever its name, as is the token of a known service.
 */
export function isSecretValue(name: string, value: string): boolean {
  if (value === '') return false;
  if (hasCredentials(value) || isTokenShaped(value)) return true;
  if (/^(?:true|false|yes|no|on|off|none|null|[01])$/i.test(value)) return false;
  if (/^(?:file:)?\.{0,2}\/[^\s]*$/.test(value) && !/[=+]$/.test(value)) return false;
  return isSecretName(name);
}

/**
 * Whether a secret value is one beyond doubt: no address where it could be had, no template, and by a name that means
 * nothing else. Those of tokens and keys are also used for short words, such as the mark of the end of a text.
 */
export function isSurelySecret(name: string, value: string): boolean {
  if (hasCredentials(value) || isTokenShaped(value)) return true;
  if (!isSecretValue(name, value) || /:\/\/|\$[{(]|\{\{/.test(value)) return false;
  const words = wordsOf(name).join('_');
  return password.test(words) || (key.test(words) && /^\S{8,}$/.test(value));
}

const password =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE)$|(?:^|_)(?:DB|DATABASE|MYSQL|POSTGRES|PG|REDIS|SMTP|MAIL|USER|ADMIN|ROOT|AUTH)_(?:PASS|PWD)$/;
const key =
  /(?:^|_)(?:TOKEN|APIKEY|(?:API|SECRET|SECRET_ACCESS|PRIVATE|ENCRYPTION|MASTER|SIGNING|SESSION)_KEY|KEY_BASE|(?:CLIENT|SHARED|APP|JWT|SESSION|COOKIE|HASH|WEBHOOK|OAUTH|AUTH|NEXTAUTH|HMAC|API)_SECRET)$|^SECRET$/;

/** `DB_PASSWORD`, `apiKey`, `GITLAB_SECRETS_DB_KEY_BASE`; not `TOKEN_TTL` and not `PASSWORD_FILE`. */
export function isSecretName(name: string): boolean {
  const parts = wordsOf(name);
  if (harmless.test(parts.at(-1) ?? '')) return false;
  if (/^(?:ALLOW|ENABLE|DISABLE|REQUIRE|USE|MAX|MIN)$/.test(parts[0] ?? '')) return false;
  return parts.some((part) => strong.test(part) || inside.test(part));
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((part) => part !== '');
}

/** `postgres://user:password@host`, or a private key. */
export function hasCredentials(value: string): boolean {
  return (
    /[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]*:[^\s/@]+@/i.test(value) || /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value)
  );
}

/** Tokens that their makers gave a mark, signed web tokens, and passwords in connection strings and JSON. */
export function isTokenShaped(value: string): boolean {
  return (
    tokens.test(value) || /(?:^|[;,{\s"'])(?:password|passwd|pwd)["']?\s*[=:]\s*["']?(?![\s"';,}$]|\{\{)/i.test(value)
  );
}

const tokens =
  /(?<![\w-])(?:gh[oprsu]_\w{30}|github_pat_\w{20}|glpat-[\w-]{20}|xox[abeprs]-[\w-]{10}|[rs]k_live_\w{16}|sk-(?:ant|proj|svcacct)-[\w-]{16}|SG\.[\w-]{16,}\.[\w-]{16}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8})/;
