import { Id } from "@cdktf/provider-random/lib/id";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { App, TerraformStack } from "cdktf";
import { RemoteState, StateBackend } from "cdktf-single-host";

/** What the code of this clone has, and which of it takes until a file is there. */
const { THINGS = "first", SLOW, STARTED, GO } = process.env;
const waiting = `echo "$PPID" > '${STARTED}'; until [ -e '${GO}' ]; do sleep 0.1; done`;

const app = new App();
const stack = new TerraformStack(app, "shared");
new RandomProvider(stack, "random");
stack.addOverride("terraform.required_providers.random.version", ">= 3.1.0, < 4");
new StateBackend(stack, "state", RemoteState.spaces({ bucket: "our-state", region: "nyc3" }));
for (const name of THINGS.split(" ")) {
  const provisioners = name === SLOW ? [{ type: "local-exec" as const, command: waiting }] : undefined;
  new Id(stack, name, { byteLength: 4, provisioners }).overrideLogicalId(name);
}
app.synth();
