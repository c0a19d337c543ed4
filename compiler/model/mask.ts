/** Shorter ones are parts of ordinary words. */
const shortest = 4;
/** So much of a secret is recognised where a message cut it. */
const beginning = 8;

/** The text with `***` in place of each secret, of its lines, and of its beginning where that was cut. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...secret.split(/\r?\n/).filter((line) => line.trim().length >= 16),
  ]);
  return [...new Set(parts)]
    .filter((part) => part.length >= shortest)
    .sort((a, b) => b.length - a.length)
    .reduce((masked, part) => withoutBeginning(masked.replaceAll(part, '***'), part), text);
}

function withoutBeginning(text: string, secret: string): string {
  if (secret.length <= beginning) return text;
  const start = secret.slice(0, beginning);
  let rest = text;
  for (let at = rest.indexOf(start); at >= 0; at = rest.indexOf(start, at + 3)) {
    let end = at + beginning;
    while (end < rest.length && end - at < secret.length && rest[end] === secret[end - at]) end += 1;
    rest = `${rest.slice(0, at)}***${rest.slice(end)}`;
  }
  return rest;
}

/** The same number of characters and lines, so that every place in the text stays where it is. */
export function starred(text: string): string {
  return text.replace(/[^\s]/g, '*');
}
