/** Thrown if a service cannot answer in time (database or peer unreachable). The outcome is unknown. */
export class ServiceUnavailable extends Error {
  constructor(
    message: string,
    readonly retryAfterSeconds = 1,
  ) {
    super(message);
    this.name = 'ServiceUnavailable';
  }
}
