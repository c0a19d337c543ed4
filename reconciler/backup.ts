/** What a person does with the backup of a platform that runs, for the command line. */
export { type BackupContext, BackupFailed } from './backup/context.ts';
export { unlock } from './backup/restic.ts';
export { restore } from './backup/restore.ts';
export { partNamed, restorePlan } from './backup/restore-plan.ts';
export { type JobEnd, runBackup } from './backup/run.ts';
export { type BackupCopy, chooseCopy, copiesOf } from './backup/snapshots.ts';
export { unpackTo } from './backup/unpack-to.ts';
export { verifyRepository } from './backup/verify.ts';
