import type { ComposeService } from "./compose-service";

/**
 * Whether a service is meant to run once, so that exit code 0 is success and it is not started again.
 *
 * | another waits for its success | restart            | looks like a server | named like a task | runs once |
 * |-------------------------------|--------------------|---------------------|-------------------|-----------|
 * | yes                           | any                | any                 | any               | yes       |
 * | no                            | always, unless-... | any                 | any               | no        |
 * | no                            | "no"               | any                 | any               | yes       |
 * | no                            | none, on-failure   | yes                 | any               | no        |
 * | no                            | none, on-failure   | no                  | yes               | yes       |
 * | no                            | none, on-failure   | no                  | no                | no        |
 *
 * The last row is the cautious one: a worker whose author forgot `restart:` must come back after a reboot, while a task
 * taken for a worker shows itself at once, and `restart: "no"` mends it.
 */
export function isOneShot(service: ComposeService, all: Iterable<ComposeService>): boolean {
  const waits = [...all].flatMap((other) => other.dependencies.filter((item) => item.service === service.name));
  if (waits.some((dependency) => dependency.condition === "service_completed_successfully")) {
    return true;
  }
  switch (service.restart) {
    case "no":
    case "none":
    case "false":
      return true;
    case null:
      break;
    default:
      if (!service.restart.startsWith("on-failure")) {
        return false;
      }
  }
  const serves = service.hasHealthcheck || service.containerPorts.length > 0 || waits.length > 0;
  return !serves && (isTaskName(service.name) || isTaskImage(service.image ?? ""));
}

const TASK_WORDS =
  /(^|[-_.])(init|initdb|migrate|migrations?|setup|seed|seeder|bootstrap|provision|create-?buckets?)([-_.]|\d*$)/;
const TASK_IMAGES = /(^|\/)(minio\/mc|migrate\/migrate|flyway\/flyway|liquibase\/liquibase|liquibase)(:|@|$)/;

function isTaskName(name: string): boolean {
  return TASK_WORDS.test(name);
}

function isTaskImage(image: string): boolean {
  return TASK_IMAGES.test(image);
}
