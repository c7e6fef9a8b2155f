const { statSync } = require('node:fs');
const { basename } = require('node:path');

/** What takes long for its size, in seconds; the others are taken to need one for each kilobyte. */
const SECONDS = {
  'process-crash': 100,
  'process-life': 100,
  k6: 60,
  'process-database-url': 50,
  attack: 40,
};

/** The files of a tier, the longest first: then none is left running alone at the end. */
module.exports = class LongestFirst {
  sort(tests) {
    return [...tests].sort((a, b) => weight(b) - weight(a));
  }

  cacheResults() {}
};

function weight({ path, context }) {
  const [name] = basename(path).split('.');
  // It ends the cluster that the other files share.
  if (context.config.displayName?.name === 'e2e-cluster' && name === 'restarts') return 0;
  return SECONDS[name] ?? statSync(path).size / 1_000;
}
