/** A state that a laptop and CI share, with OpenTofu in Terraform's place: its own registry, its own locks of providers. */
import { openTofuEnvironment } from "../../rehearsal/components";
import { sharedState } from "./shared-state";

sharedState("shared-state-of-opentofu", () => openTofuEnvironment(() => {}));
