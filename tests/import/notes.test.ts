import { expect, it } from 'vitest';
import { allowedWithoutPolicy } from '../../compiler/import/report.ts';
import { strictPolicy } from '../../reconciler/model/policy.ts';
import { importText } from './run-import.ts';

const refused = (keys: string) =>
  importText(`services:\n  web: { image: "a/b:1"${keys} }\n`).report.notes.filter((note) => note.includes('policy'));

it('says which capabilities a machine without a policy file refuses', () => {
  expect([...allowedWithoutPolicy].sort()).toEqual([...strictPolicy.capabilities].sort());
  expect(refused('')).toEqual([
    expect.stringContaining('refuses AUDIT_WRITE, FSETID, SETFCAP and SETPCAP: take out of `capabilities`'),
  ]);
  expect(refused(', cap_drop: [ALL], cap_add: [CHOWN]')).toEqual([]);
});
