/** Where a text names another container as the host of an address. */

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * `name` where it is a host: after `//` or `@`, or before a port. `db:5432`, `http://db/`, `user@db`; not `database`
 * and not `db.example.org`.
 */
function places(name: string): RegExp {
  const host = escaped(name);
  return new RegExp(
    `((?://|@))(${host})(?=[:/?#,;\\s"'\\]]|$)|((?:^|[\\s,;="'\\[(]))(${host})(?=:\\d{2,5}(?!\\d))`,
    'g',
  );
}

export function mentions(text: string, name: string): boolean {
  return text.includes(name) && (text === name || places(name).test(text));
}

/** The ports that a text names behind a host: `db:5432`. */
export function portsNamed(text: string, name: string): readonly number[] {
  if (!text.includes(name)) return [];
  const found = text.matchAll(new RegExp(`(?:^|//|@|[\\s,;="'\\[(])${escaped(name)}:(\\d{2,5})(?!\\d)`, 'g'));
  return [...found].map(([, port]) => Number(port)).filter((port) => port > 0 && port <= 65_535);
}

/** The same text with another name for the host. */
export function renamed(text: string, from: string, to: string): string {
  if (text === from) return to;
  return text.replace(
    places(from),
    (_, before?: string, __?: string, start?: string) => `${before ?? start ?? ''}${to}`,
  );
}

/** A variable whose whole value may be the name of a host: `DB_HOST`, `REDIS_SERVER`. */
export function isHostVariable(name: string): boolean {
  return /(?:^|_)(?:HOST|HOSTNAME|HOSTS|SERVER|SERVERS|ADDR|ADDRESS|URL|URI|UPSTREAM|BACKEND|ENDPOINT|PEER|MASTER|PRIMARY|NODE|LINK|DSN)(?:_|$|\d)|HOST$/i.test(
    name,
  );
}
