const { mkdirSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");

/**
 * Jest's results in few words: what failed, with why; of the slow kinds of test also what passed, as it ends. A file
 * named by REHEARSAL_RESULTS gets the counts and the failures.
 */
class Reporter {
  constructor() {
    this.failures = [];
  }

  onTestCaseResult(test, { status, fullName, duration }) {
    if (status === "passed" && test.context.config.displayName?.name === "unit") return;
    const mark = { passed: "✔", failed: "✘" }[status] ?? "-";
    say(`${mark} ${fullName} (${((duration ?? 0) / 1000).toFixed(1)} s)`);
  }

  onTestResult(_test, { failureMessage, testFilePath, testResults, testExecError }) {
    const reasons = testResults.flatMap(({ failureMessages }) => failureMessages);
    const distinct = [...new Set(reasons)];
    // what a whole file waits for fails each of its tests, for one reason
    if (distinct.length < reasons.length) for (const reason of distinct) say(`  ${reason.replaceAll("\n", "\n  ")}`);
    else if (failureMessage) say(failureMessage);
    if (testExecError) this.failures.push({ test: testFilePath, message: String(testExecError.message) });
    for (const { status, fullName, failureMessages } of testResults) {
      if (status === "failed") this.failures.push({ test: fullName, message: failureMessages.join("\n") });
    }
  }

  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    // a file that could not be run is a failure as well
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    say(`${passed} passed, ${failed} failed in ${results.numTotalTestSuites} files`);
    const file = process.env.REHEARSAL_RESULTS;
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ passed, failed, failures: this.failures }));
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

module.exports = Reporter;
