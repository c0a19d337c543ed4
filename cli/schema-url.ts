/**
 * Where an editor looks for the schema of a new platform file: beside it, where `autogit schema` puts the one of this
 * version.
 */
export const schemaUrl = './autogit.schema.json';
