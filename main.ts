import { App } from "cdktf";
import { chitramBeta } from "./stacks/chitram-beta";
import { deitaProd } from "./stacks/deita-prod";

const app = new App();
chitramBeta(app);
deitaProd(app);
app.synth();
