import { type HostModel, upstreamsOf } from "../model/host";
import type { Secret } from "../model/secret";
import { literal } from "./expression";
import type { BuiltImage, ImageTest } from "./model";
import { stepEnvironment } from "./production";
import type { WorkflowImageProps, WorkflowTestProps } from "./workflows-props";

/** An image of the ComposeApp's, the services that run it, and how it is built. */
export interface ChosenImage {
  /** `ghcr.io/abhi10/chitram` */
  readonly repository: string;
  readonly services: readonly string[];
  readonly props: WorkflowImageProps;
}

type Images = Readonly<Record<string, string>>;

/**
 * What is built, in the order of the props: an entry stands for all services with its image.
 * @param images - those of the ComposeApp
 * @param chosen - undefined: the first one, from the repository's root
 */
export function chooseImages(
  images: Images,
  chosen: Readonly<Record<string, WorkflowImageProps>> | undefined,
): ChosenImage[] {
  const [first = ""] = Object.keys(images);
  return Object.entries(chosen ?? { [first]: {} }).flatMap(([service, props]) => {
    const repository = repositoryFor(images, service);
    if (repository === undefined) return [];
    const others = Object.keys(images).filter((name) => name !== service && repositoryFor(images, name) === repository);
    return [{ repository, services: [service, ...others], props }];
  });
}

/** The same with every default filled in, for the services that start. */
export function builtImages(
  host: HostModel,
  secrets: ReadonlyMap<string, Secret>,
  trialValues: Readonly<Record<string, string>>,
  chosen: readonly ChosenImage[],
): BuiltImage[] {
  const active = host.app.activeServices(upstreamsOf(host)).map(({ name }) => name);
  return chosen.map(({ repository, services, props }) => {
    const { context = ".", dockerfile = null, target = null, buildArguments = {}, test } = props;
    const environment = () => stepEnvironment(host, secrets, trialValues, services[0] ?? "");
    return {
      repository,
      services: services.filter((name) => active.includes(name)),
      context,
      dockerfile,
      target,
      buildArguments,
      test: test === undefined ? null : imageTest(test, context, environment),
    };
  });
}

function imageTest(props: WorkflowTestProps, context: string, own: () => Record<string, string>): ImageTest {
  const { command, image = null, folder = context, environment = {}, timeout } = props;
  return {
    command,
    image,
    folder,
    // In an image of its own it gets the service's by the compose file.
    environment: image === null ? { ...own(), ...literals(environment) } : environment,
    timeoutMinutes: Math.ceil((timeout?.toSeconds() ?? 1800) / 60),
  };
}

function literals(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, literal(value)]));
}

/** The repository of the image that a service runs; undefined where the ComposeApp names none. */
export function repositoryFor(images: Images, service: string): string | undefined {
  return Object.hasOwn(images, service) ? repositoryOf(images[service] ?? "") : undefined;
}

/** `ghcr.io/abhi10/chitram` of `ghcr.io/abhi10/chitram:1.0` */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^/]*$/, "");
}
