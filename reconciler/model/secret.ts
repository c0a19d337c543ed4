const inspect = Symbol.for('nodejs.util.inspect.custom');

/** A value that must not be seen: it prints as `***` in JSON, templates and logs. `reveal` only where it is handed over. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '***';
  }
  toJSON(): string {
    return '***';
  }
  [inspect](): string {
    return '***';
  }
}
