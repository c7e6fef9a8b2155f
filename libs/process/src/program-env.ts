/* eslint-disable no-restricted-syntax -- the environment of the programs that we start, not settings of the product */

// Enough to find programs, homes and Java. Nothing else of the environment, which may hold secrets, reaches a
// server.
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR', 'JAVA_HOME'];

/** The part of the environment that every program gets. */
export function inheritedEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]));
}

/**
 * The whole environment, for tools that may need a proxy or the user's own options, such as apt-get and
 * Maven.
 */
export function personsEnv(): NodeJS.ProcessEnv {
  return { ...process.env };
}
