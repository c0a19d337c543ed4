import type { Code } from '../codes.ts';

/** 5xx: what a target cannot do. */
export const targets: Readonly<Record<string, Code>> = {};
