const { isBuiltin } = require('node:module');
const { sep } = require('node:path');
const { compileFunction } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

const INSTALLED = `${sep}node_modules${sep}`;

/**
 * Runs test files with the installed modules of their worker: each is loaded once, by Node.js, and not again for each file. Files of the repository are
 * loaded anew for each test file, as ever, and so is what a file mocks. docs/testing.md says what that saves; `one-context.cjs` keeps files apart.
 */
class SharedModules extends Runtime {
  constructor(...args) {
    super(...args);
    // Without a context of its own.
    this.executor.compile = (source, filename) =>
      compileFunction(source, this.executor.injectedModuleParameters, { filename });
  }

  requireModule(from, name, options, isActual) {
    if (name && !options?.isInternalModule && !isBuiltin(name)) {
      const path = this._resolution.resolveCjs(from, name);
      const load = () => require(path);
      if (path.includes(INSTALLED)) return path in require.cache ? load() : this._environment.keeping(load);
    }
    return super.requireModule(from, name, options, isActual);
  }
}

module.exports = SharedModules;
module.exports.default = SharedModules;
module.exports.__esModule = true;
