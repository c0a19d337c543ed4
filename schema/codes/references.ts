import type { Code } from '../codes.ts';

/** 3xx: what one part of the file says of another. */
export const references: Readonly<Record<string, Code>> = {};
