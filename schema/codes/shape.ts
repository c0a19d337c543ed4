import type { Code } from '../codes.ts';

export const shape: Readonly<Record<string, Code>> = {};
