const { mkdirSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");

/** Longer reasons are cut in their middle: what a command printed stands in a log. */
const LONGEST = 60;

/**
 * Jest's results in few words: what failed, with why, as soon as it has; of the slow kinds of test also what passed. A file
 * named by REHEARSAL_RESULTS gets the counts and the failures.
 */
class Reporter {
  constructor() {
    this.failures = [];
    this.told = new Set();
  }

  onTestCaseResult(test, { status, fullName, duration, failureMessages }) {
    if (status === "passed" && test.context.config.displayName?.name === "unit") return;
    const mark = { passed: "✔", failed: "✘" }[status] ?? "-";
    say(`${mark} ${fullName} (${((duration ?? 0) / 1000).toFixed(1)} s)`);
    if (status === "failed") this.tell(fullName, failureMessages.join("\n"), test.path);
  }

  onTestResult(_test, { failureMessage, testFilePath, testResults, testExecError }) {
    if (testExecError) {
      say(failureMessage ?? "");
      this.failures.push({ test: testFilePath, message: String(testExecError.message) });
    }
    for (const { status, fullName, failureMessages } of testResults) {
      if (status !== "failed") continue;
      const message = failureMessages.join("\n");
      this.failures.push({ test: fullName, message });
      this.tell(fullName, message, testFilePath);
    }
  }

  /** Once: what a whole file waits for fails each of its tests, for one reason. */
  tell(name, message, file) {
    if (!this.told.has(message)) say(`\n● ${name}\n${shortened(message)}\n    in ${file}\n`);
    this.told.add(message);
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

/** A reason without the insides of jest, indented. */
function shortened(message) {
  const lines = message.split("\n").filter((line) => !/^\s+at .*(node_modules|node:internal)/.test(line));
  const left = lines.length - LONGEST;
  if (left > 0) lines.splice(LONGEST / 3, left, `... ${left} lines left out ...`);
  return lines.map((line) => `  ${line}`).join("\n");
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

module.exports = Reporter;
