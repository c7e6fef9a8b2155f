/** A retry is useless, e.g. because the server refuses the login. */
export class FinalError extends Error {}
