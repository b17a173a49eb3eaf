import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";

/** What stands in the cloud's console, or is done there by hand. */
export class ConsoleOfDigitalOcean {
  public constructor(private readonly environment: RehearsedStack["environment"]) {}

  // biome-ignore lint/suspicious/noExplicitAny: as DigitalOcean answers
  public async list(things: "droplets" | "volumes"): Promise<any[]> {
    return ((await this.ask(things)) as Record<string, []>)[things] ?? [];
  }

  /** An action of the one server: https://docs.digitalocean.com/reference/api/digitalocean/#tag/Droplet-Actions */
  public async act(action: { readonly type: string; readonly name?: string }): Promise<void> {
    const [server] = await this.list("droplets");
    await this.ask(`droplets/${server.id}/actions`, action);
  }

  private async ask(path: string, body?: object): Promise<unknown> {
    const { DIGITALOCEAN_TOKEN, DIGITALOCEAN_API_URL } = this.environment;
    const headers = { authorization: `Bearer ${DIGITALOCEAN_TOKEN}`, "content-type": "application/json" };
    const order = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${DIGITALOCEAN_API_URL}/v2/${path}`, { headers, ...order });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
