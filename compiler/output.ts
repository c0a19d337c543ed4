/** The door to `emit` for those who write the files. */
export {
  contentDigest,
  indexName,
  indexText,
  type OwnershipIndex,
  readIndex,
} from './emit/ownership-index.ts';
export { isRefused, type OutputChange, type OutputPlan, type Present, planOutput } from './emit/plan-output.ts';
