/**
 * A state that a laptop and CI share, in a bucket: made by a command, moved there and back, locked while one deploys, with
 * the providers that the repository locks.
 */
import { sharedState } from "./shared-state";

sharedState("shared-state", async () => ({}));
