/** The product cannot start, and the person who started it can do something about it: shown without a stack, exit code 1. */
export class StartError extends Error {}
