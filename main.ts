import { App } from "cdktf";
import { chitramBeta } from "./stacks/chitram-beta";

const app = new App();
chitramBeta(app);
app.synth();
