const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

const toRef = (id) => ({ id, ref: () => toRef(id), unref: () => toRef(id) });
const timerConfig = { idToRef: toRef, refToId: (timer) => timer?.id };

/**
 * The environment of test files that share installed modules (`shared-modules.cjs`). All files of a worker run in its own context, as what they share
 * does: an error or a date that a shared module makes is one for the test, too. What a file leaves behind is taken back at its end: globals, settings of
 * the environment, listeners of the process, spies and fake timers.
 */
class OneContext {
  constructor({ projectConfig: config }) {
    this.global = globalThis;
    this.globals = Object.getOwnPropertyDescriptors(globalThis);
    this.settings = { ...process.env };
    this.exit = process.exit; // Jest puts its own in its place
    this.listeners = listenersOfProcess();
    Error.stackTraceLimit = 100; // as in Jest's own environment
    this.moduleMocker = new ModuleMocker(globalThis);
    const timers = { config, global: globalThis };
    this.fakeTimers = new LegacyFakeTimers({ ...timers, moduleMocker: this.moduleMocker, timerConfig });
    this.fakeTimersModern = new ModernFakeTimers(timers);
  }

  /** Loads what stays when the file has ended, with all that it adds to the process. */
  keeping(load) {
    const before = Reflect.ownKeys(globalThis);
    const heard = listenersOfProcess();
    try {
      return load();
    } finally {
      for (const key of Reflect.ownKeys(globalThis))
        if (!before.includes(key)) this.globals[key] = Object.getOwnPropertyDescriptor(globalThis, key);
      for (const listener of listenersOfProcess()) if (!heard.has(listener)) this.listeners.add(listener);
    }
  }

  setup() {
    return Promise.resolve();
  }

  handleTestEvent({ name }) {
    // Jest itself looks at the clock when the tests are done.
    if (name === 'teardown') this.fakeTimersModern.useRealTimers();
  }

  teardown() {
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    process.exit = this.exit;
    for (const key of Reflect.ownKeys(globalThis))
      if (!Object.hasOwn(this.globals, key)) Reflect.deleteProperty(globalThis, key);
    for (const key of Reflect.ownKeys(this.globals)) takeBack(key, this.globals[key]);
    for (const name of Object.keys(process.env)) if (!(name in this.settings)) delete process.env[name];
    Object.assign(process.env, this.settings);
    for (const name of process.eventNames())
      for (const listener of process.rawListeners(name))
        if (!this.listeners.has(listener)) process.removeListener(name, listener);
    return Promise.resolve();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return globalThis;
  }
}

function listenersOfProcess() {
  return new Set(process.eventNames().flatMap((name) => process.rawListeners(name)));
}

function takeBack(key, was) {
  const is = Object.getOwnPropertyDescriptor(globalThis, key);
  if (is?.value !== was.value || is?.get !== was.get) Reflect.defineProperty(globalThis, key, was);
}

module.exports = OneContext;
module.exports.default = OneContext;
