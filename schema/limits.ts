/** What one file may cost. A platform of a thousand services stays far below each of them. */
export const limits = {
  bytes: 1024 * 1024,
  depth: 64,
  nodes: 50_000,
  aliases: 100,
  /** Above this size a syntax error is explained by one reader alone, so that the answer comes within a second. */
  explainedBytes: 64 * 1024,
} as const;
