// A reporter of Jest for `planted.mjs`: once one test is red the bug is found, and the rest need not run. Only with --runInBand.

/** The exit code that says so. Jest itself ends with 0 or 1. */
export const RED = 66;

export default class StopAtRed {
  onTestCaseResult(_test, { status }) {
    if (status === 'failed') process.exit(RED);
  }
}
