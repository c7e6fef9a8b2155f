/** The product cannot start for a reason that the user can fix: shown without a stack, exit code 1. */
export class StartError extends Error {}

/** The start was interrupted by a request to shut down. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
  }
}
