import type { Failure } from './result.ts';

/** Thrown where a person waits for a host: its engine did not do what was asked. Never holds a secret. */
export class HostDown extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.detail);
    this.name = 'HostDown';
    this.failure = failure;
  }
}
