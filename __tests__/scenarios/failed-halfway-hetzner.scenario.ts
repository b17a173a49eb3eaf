/**
 * A deploy to Hetzner that fails halfway is finished by running it again: the API answers 500, an action ends in an error,
 * a resource is locked, the rate limit is reached.
 */
import { hetzner } from "./clouds";
import { HalfwayFailure } from "./halfway";

const halfway = new HalfwayFailure("failed-halfway-hetzner", hetzner);

halfway.isTold();
halfway.isFinished();
