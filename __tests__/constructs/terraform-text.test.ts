import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Lazy, TerraformOutput, TerraformStack, Testing } from "cdktf";
import { literalText } from "../../constructs/terraform-text";

const awkward = [
  "${NAME} ${NAME:-default} $NAME $$ $${x} $$${x} %{if} %%{x} %{http_code}",
  "`id` \"quoted\" 'single' \\n \\\\ \t tab",
  "line one\nline two\r\nline three\u2028end ünïcødé 漢字 🎉",
  "ends in $",
].join("\n");

describe("text inside Terraform", () => {
  test("arrives byte for byte, with the values of tokens in it", () => {
    // GIVEN text with all that Terraform would interpret, around a value that is known later
    const stack = new TerraformStack(Testing.app(), "text");
    const late = Lazy.stringValue({ produce: () => '${upper("late")}' });
    const text = `${awkward}${late}$${late}$$${late}%${late}{}`;
    new TerraformOutput(stack, "text", { value: literalText(text) }).overrideLogicalId("text");
    const folder = mkdtempSync(join(tmpdir(), "terraform-text-"));
    writeFileSync(join(folder, "cdk.tf.json"), Testing.synth(stack));

    // WHEN Terraform evaluates it
    const terraform = (...args: string[]) =>
      execFileSync("terraform", [`-chdir=${folder}`, ...args], { stdio: "pipe" });
    terraform("apply", "-auto-approve");

    // THEN every byte is there
    const state = JSON.parse(readFileSync(join(folder, "terraform.tfstate"), "utf8"));
    expect(state.outputs.text.value).toBe(`${awkward}LATE$LATE$$LATE%LATE{}`);
  });
});
