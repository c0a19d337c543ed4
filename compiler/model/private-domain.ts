/**
 * Ends of names that nobody can register: for use inside one network (RFC 6762 appendix G, RFC 8375, ICANN's `internal`),
 * and those reserved for tests and documents (RFC 2606).
 */
const ends: readonly string[] = [
  'arpa',
  'corp',
  'example',
  'example.com',
  'example.net',
  'example.org',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'private',
  'test',
];

/** Whether a domain is none of the Internet: no public authority certifies hosts under it. */
export function isPrivateDomain(domain: string): boolean {
  return !domain.includes('.') || ends.some((end) => domain === end || domain.endsWith(`.${end}`));
}

/** Whether it may stand for a real one in an example: reserved for documents, and written as if it could be reached. */
export function isExampleDomain(domain: string): boolean {
  return ['example.com', 'example.net', 'example.org'].some((end) => domain === end || domain.endsWith(`.${end}`));
}
