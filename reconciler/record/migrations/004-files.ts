/** A revision is also the files of its commit that its platform file names: JSON of base64 by path. */
export const files = {
  version: 4,
  sql: `
    ALTER TABLE revision ADD COLUMN files TEXT;
  `,
} as const;
