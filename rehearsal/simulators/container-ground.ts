import { EmbeddedCloud } from "../embedded-cloud";
import { Machines } from "../machines";
import { RehearsalNetwork } from "../network";
import { Runner } from "../runner";
import type { Ground } from "./simulators";

/** Servers of every cloud are the rehearsal's machines, and zones are served by the embedded cloud that runs already. */
export function containerGround(): Ground {
  const { gateway } = RehearsalNetwork.fromEnvironment();
  return {
    machines: new Machines(),
    names: new EmbeddedCloud(),
    bootableImages: ["debian-13-x64", "debian-13"],
    runner: new Runner(),
    gateway,
  };
}
