/** A revision is its platform file and the lock beside it: a roll-back needs both. */
export const lock = {
  version: 3,
  sql: `
    ALTER TABLE revision ADD COLUMN lock TEXT;
  `,
} as const;
