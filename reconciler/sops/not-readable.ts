/** Why a file cannot be read, as the end of a sentence about it: `is not YAML (line 3)`. Never has content of the file. */
export class NotReadable extends Error {}
