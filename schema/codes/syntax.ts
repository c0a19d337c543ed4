import type { Code } from '../codes.ts';

export const syntax: Readonly<Record<string, Code>> = {};
