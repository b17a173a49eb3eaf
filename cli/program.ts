import { writeFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { Estimate } from "../constructs/model/price";
import { costOfPlan, costOfStacks, estimateJson } from "./cost/cost";
import { renderPlanCost, renderStackCosts } from "./cost/text";
import { InputFault } from "./fault";
import { lockProviders } from "./lock/lock";
import { renderLock } from "./lock/text";
import { readPassword } from "./password";
import { placeOfFile } from "./place-of-file";
import { readPlan } from "./plan";
import { recover } from "./recover/recover";
import { renderRecovery } from "./recover/text";
import { reviewJson } from "./review/json";
import { renderMarkdown } from "./review/markdown";
import { isSafe, reviewPlan } from "./review/review";
import { renderReview } from "./review/text";
import { differencesOf } from "./review/text-difference";
import { gatherFacts } from "./runbook/facts";
import { renderRunbook } from "./runbook/runbook";
import { createState } from "./state/create";
import { renderCreatedState } from "./state/text";
import { synthesize } from "./synthesize";
import { SynthesizedHost } from "./synthesized-host";
import { type Terminal, visible } from "./terminal";
import { compareWorkflows, writeWorkflows } from "./workflows/workflows";

const EXIT_DATA_LOST = 1;
const EXIT_DIFFERS = 1;
const EXIT_BAD_INPUT = 2;
const EXIT_INTERRUPTED = 130;

/** Runs one command and gives its exit code; writes nowhere but to the terminal it is given. */
export async function run(argumentList: readonly string[], terminal: Terminal, version: string): Promise<number> {
  let exitCode = 0;
  const program = new Command("single-host")
    .description("Looks at stacks of cdktf-single-host before they are deployed, and brings back what is lost.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.error(text.trimEnd()),
    });
  addCost(program, terminal);
  addReview(program, terminal, (code) => {
    exitCode = code;
  });
  addRecover(program, terminal);
  addRunbook(program, terminal);
  addState(program, terminal);
  addLock(program, terminal);
  addWorkflows(program, terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argumentList, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_BAD_INPUT;
    if (!(error instanceof InputFault)) throw error;
    terminal.error(error.message);
    return EXIT_BAD_INPUT;
  }
  return exitCode;
}

interface CostOptions {
  readonly out: string;
  readonly plan?: string;
  readonly json?: boolean;
}

function addCost(program: Command, { out, paint }: Terminal): void {
  program
    .command("cost")
    .summary("what stacks cost a month")
    .description(
      "What stacks cost a month, from `cdktf synth` and a dated price table. Unknown prices are said, not guessed.",
    )
    .argument("[stack...]", "names of stacks (default: all)")
    .option("-o, --out <folder>", "where `cdktf synth` wrote", "cdktf.out")
    .option("-p, --plan <file>", "price a plan instead, with the difference it makes; - is standard input")
    .option("--json", "print JSON")
    .action((stacks: string[], options: CostOptions) => {
      if (options.plan !== undefined) {
        if (stacks.length > 0)
          throw new InputFault("--plan", `and stack ${stacks[0]} don't go together`, "give one of them");
        const cost = costOfPlan(readPlan(options.plan));
        const json = () => ({ ...estimateJson(cost.after), before: estimateJson(cost.before) });
        print(options.json ? json() : renderPlanCost(cost, paint));
        return;
      }
      const costs = costOfStacks(options.out, stacks);
      const json = () => ({
        stacks: costs.map(({ stack, estimate }) => ({ stack, ...estimateJson(estimate) })),
        totals: Estimate.sum(costs.map(({ estimate }) => estimate)).totals,
      });
      print(options.json ? json() : renderStackCosts(costs, paint));
    });

  function print(result: object | string[]): void {
    for (const line of Array.isArray(result) ? result : [JSON.stringify(result, undefined, 2)]) out(line);
  }
}

interface ReviewOptions {
  readonly accept?: string[];
  readonly acceptAll?: boolean;
  readonly format: "terminal" | "markdown" | "json";
  readonly json?: boolean;
  readonly label?: string;
}

function addReview(program: Command, { out, paint }: Terminal, exit: (code: number) => void): void {
  program
    .command("review")
    .summary("what a plan does, and whether it would lose data")
    .description("What a plan does to data, visitors, security and the price, and whether it may be applied.")
    .argument("<plan>", "the output of `terraform show -json PLAN`; - is standard input")
    .addOption(
      new Option("-f, --format <format>", "for a person here, for a pull request's comment, or for a machine")
        .choices(["terminal", "markdown", "json"])
        .default("terminal"),
    )
    .option("--json", "the same as --format json")
    .option("-a, --accept <address>", "a loss that is meant, as the last line names it (repeatable)", collect)
    .option("--accept-all", "whatever this plan loses is meant")
    .option("--label <name>", "the label by which a pull request accepts a loss: the Markdown names it")
    .addHelpText("after", "\nExit codes: 0 no data is lost, 1 the plan loses data that was not accepted, 2 bad input.")
    .action(async (path: string, options: ReviewOptions) => {
      const review = reviewPlan(readPlan(path), options.acceptAll ? "all" : options.accept);
      const differences = await differencesOf(review.configuration);
      const format = options.json ? "json" : options.format;
      if (format === "json") out(JSON.stringify(reviewJson(review, differences), undefined, 2));
      else if (format === "markdown") out(renderMarkdown(review, differences, options));
      else for (const line of renderReview(review, differences, paint)) out(line);
      exit(isSafe(review) ? 0 : EXIT_DATA_LOST);
    });
}

interface RecoverOptions {
  readonly host?: string;
  readonly bucket?: string;
  readonly passwordStdin?: boolean;
  readonly variables?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

function addRecover(program: Command, { out, error, paint }: Terminal): void {
  program
    .command("recover")
    .summary("has the next deploy bring a lost server back, or one whose Terraform state is lost too")
    .description(
      "Looks what is lost. Where the cloud says that the server is gone, it lets go of its protection. Where Terraform's state " +
        "is gone too, it fills the empty one: with the secrets of the newest backup, and with what the accounts still hold.",
    )
    .argument("<stack>", "the stack's name")
    .option("--host <name>", "which host of the stack, where it has several")
    .option("--bucket <name>", "the bucket with the backups, when the state is lost")
    .option(
      "--password-stdin",
      "read the password of the backups from standard input; else RESTIC_PASSWORD, else it asks",
    )
    .option(
      "--variables <file>",
      "where to write the secrets that were given, for a shell to source (default: a file of its own)",
    )
    .option("--dry-run", "say what would be done, and change nothing")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 the next deploy brings it back, 2 refused, and why; nothing is lost by trying.",
    )
    .action(async (stack: string, options: RecoverOptions) => {
      const { host, bucket, variables, passwordStdin = false, dryRun = false, json } = options;
      const password = () => readPassword(passwordStdin, "password of the backups: ");
      const tell = (line: string) => error(paint.dim(visible(line)));
      const interrupted = () => {
        error("interrupted; the same words again finish what was begun");
        process.exit(EXIT_INTERRUPTED);
      };
      process.once("SIGINT", interrupted);
      try {
        const recovery = await recover(stack, { host, bucket, password, variables, dryRun, tell });
        if (json) out(JSON.stringify(recovery, undefined, 2));
        else for (const line of renderRecovery(recovery, dryRun, paint)) out(line);
      } finally {
        process.off("SIGINT", interrupted);
      }
    });
}

interface RunbookOptions {
  readonly host?: string;
  readonly out?: string;
}

function addRunbook(program: Command, { out, error, paint }: Terminal): void {
  program
    .command("runbook")
    .summary("what to do when something breaks, with the words to type")
    .description(
      "Writes a host's runbook as Markdown: from the stack, from Terraform's state and from the server, where they answer. " +
        "It holds no secret. Write it anew after a change, and keep it where you can read it while the server is down.",
    )
    .argument("<stack>", "the stack's name")
    .option("--host <name>", "which host of the stack, where it has several")
    .option("-o, --out <file>", "write it into a file")
    .action(async (stack: string, options: RunbookOptions) => {
      const file = options.out === undefined ? null : placeOfFile("--out", options.out);
      const tell = (line: string) => error(paint.dim(visible(line)));
      tell("cdktf synth");
      const host = SynthesizedHost.of((await synthesize()).stack(stack), options.host);
      const text = renderRunbook(await gatherFacts(host, new Date(), tell));
      if (file === null) {
        out(text.trimEnd());
        return;
      }
      writeFileSync(file, text);
      error(file);
    });
}

interface StateOptions {
  readonly json?: boolean;
}

function addState(program: Command, { out, error, paint }: Terminal): void {
  const state = program.command("state").summary("the bucket in which Terraform keeps a stack's state");
  state
    .command("create")
    .summary("makes the bucket, and moves what was deployed until now into it")
    .description(
      "Sees to the bucket that the stack's RemoteState names: private, with versions, and yours. Tries whether the store keeps " +
        "two runs apart. A local state is moved into it. Run again, it changes nothing.",
    )
    .argument("<stack>", "the stack's name")
    .option("--json", "print JSON")
    .addHelpText("after", "\nWith the key that Terraform uses: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.")
    .action(async (stack: string, options: StateOptions) => {
      const created = await createState(stack, (line) => error(paint.dim(visible(line))));
      if (options.json) out(JSON.stringify(created, undefined, 2));
      else for (const line of renderCreatedState(created, paint)) out(line);
    });
}

interface LockOptions {
  readonly upgrade?: boolean;
}

function addLock(program: Command, { out, error, paint }: Terminal): void {
  program
    .command("lock")
    .summary("keeps the versions and checksums of a stack's providers in the repository")
    .description(
      "Has Terraform or OpenTofu choose the stack's providers, and writes which, with their checksums, into provider-locks/ for " +
        "the repository. From then on every laptop and CI takes these and no others.",
    )
    .argument("<stack>", "the stack's name")
    .option("--upgrade", "the newest that the stack allows, in place of those that are locked")
    .action(async (stack: string, options: LockOptions) => {
      const tell = (line: string) => error(paint.dim(visible(line)));
      for (const line of renderLock(await lockProviders(stack, options.upgrade ?? false, tell))) out(line);
    });
}

function addWorkflows(program: Command, { out, error }: Terminal, exit: (code: number) => void): void {
  program
    .command("workflows")
    .summary("the repository's workflows, as the stacks say them")
    .description(
      "Writes the files of `Workflows.files`, or says which differ from the stacks. It runs the app of cdktf.json, and needs " +
        "no credentials.",
    )
    .option("--check", "change nothing")
    .addHelpText(
      "after",
      "\nExit codes: 0 all files are as the stacks say, 1 --check found one that is not, 2 bad input.",
    )
    .action(async ({ check = false }: { readonly check?: boolean }) => {
      const report = await compareWorkflows();
      const changed = report.files.filter(({ state }) => state !== "the same");
      for (const { path, state } of report.files) out(`${path}: ${check || state === "the same" ? state : "written"}`);
      for (const stack of report.byPullRequest) out(`${stack}: Terraform compares them, and opens a pull request`);
      if (report.files.length + report.byPullRequest.length === 0) {
        throw new InputFault("cdktf.json", "no stack has workflows", "give GithubDeployWiring some: workflows");
      }
      if (!check) writeWorkflows(report);
      else if (changed.length > 0) error("`npx single-host workflows` writes what the stacks say; commit it.");
      exit(check && changed.length > 0 ? EXIT_DIFFERS : 0);
    });
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}
