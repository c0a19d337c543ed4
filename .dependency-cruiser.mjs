import { importRules } from './scripts/check/import-rules.ts';

export default importRules();
