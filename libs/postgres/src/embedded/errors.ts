/** The embedded server cannot run; the message is for the person who started the product. */
export class EmbeddedPostgresError extends Error {}

/** The start was interrupted; everything that was begun has been ended. */
export class StartInterrupted extends Error {
  constructor() {
    super('interrupted');
  }
}
