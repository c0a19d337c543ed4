import type { Code } from '../codes.ts';

/** 4xx: parts that are right alone and wrong together. */
export const checks: Readonly<Record<string, Code>> = {};
