import about from '../package.json' with { type: 'json' };

/** Version of AutoGit: `0.1.0`. */
export const version: string = about.version;
