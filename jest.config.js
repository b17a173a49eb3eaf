const shared = {
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  testEnvironment: "node",
  // stacks import the library by its name, as a team does; tsconfig.json has the same
  moduleNameMapper: {
    "^cdktf-single-host$": "<rootDir>/constructs/index.ts",
    "^cdktf-single-host/digitalocean$": "<rootDir>/constructs/clouds/digitalocean/index.ts",
    "^cdktf-single-host/hetzner$": "<rootDir>/constructs/clouds/hetzner/index.ts",
    "^cdktf-single-host/testing$": "<rootDir>/constructs/testing/index.ts",
  },
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/.rehearsal", "<rootDir>/cdktf.out"],
};

module.exports = {
  projects: [
    // need nothing but Node
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: ["/__tests__/scenarios/", "/__tests__/tools/"],
      setupFilesAfterEnv: ["<rootDir>/setup.js"],
    },
    // give a rendered text to the tool that will read it on the server
    {
      ...shared,
      displayName: "tools",
      testMatch: ["<rootDir>/__tests__/tools/**/*.test.ts"],
      setupFilesAfterEnv: ["<rootDir>/__tests__/tools/setup.ts"],
    },
    // deploy to the embedded cloud
    {
      ...shared,
      displayName: "scenarios",
      testMatch: ["<rootDir>/__tests__/**/*.scenario.ts", "<rootDir>/__tests__/**/*.nightly.ts"],
      setupFilesAfterEnv: ["<rootDir>/__tests__/scenarios/setup.ts"],
    },
  ],
};
