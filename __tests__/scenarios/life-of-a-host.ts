import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { resizedTo } from "./clouds";
import type { DeployedStack } from "./deployed-stack";

/** What each host lives through, on any cloud: closed to the world, applied again, changed, rebooted, resized, destroyed. */
export function lifeOfAHost(host: DeployedStack): void {
  const { part } = host;
  const { application, cloud } = host.props;

  describe("seen from outside", () => {
    it("answers over HTTPS, at the price of its size", () => {
      expect(host.report.url).toMatch(/^https:/);
      expect(host.report.price.join("\n")).toMatch(cloud.price);
    });

    part("publishes 22, 80 and 443 alone, and is healthy all the same", async () => {
      const published = await host.onServer(
        `sudo docker ps --format '{{.Ports}}' | grep -o '0.0.0.0:[0-9]*' | sort -u`,
      );
      expect(published.trim().split("\n")).toEqual(["0.0.0.0:443", "0.0.0.0:80"]);
      const listening = await host.onServer("sudo ss -Hlnt | awk '{print $4}' | sed 's/.*://' | sort -un");
      const ports = new Set([...listening.trim().split("\n").map(Number), ...application.ports]);
      expect(await host.openPorts([...ports])).toEqual([22, 80, 443]);
      await host.untilHealthy(10);
    });

    part("closes the metadata service to containers", async () => {
      const ask = `curl -sf -m 5 ${cloud.userData}`;
      // root alone reads it: the address is the right one
      expect(await host.onServer(`sudo ${ask} | head -c 2000`)).toContain("cloud-config");
      await expect(host.inService(application.front, ask)).rejects.toThrow();
    });
  });

  describe("a second apply", () => {
    part("touches no container when nothing changed", async () => {
      const before = await host.containers();
      const apply = ["apply", "-input=false", "-no-color", "-auto-approve"];
      const again = [...apply, "-replace=terraform_data.host_configuration"];
      const { output } = await host.now.cdktf.terraform("second-apply", again);
      expect(output).toContain("nothing to change, no container touched");
      expect(await host.containers()).toBe(before);
    });

    part("shows a changed line of the Caddyfile as that line, and serves it", async () => {
      host.edit((text) =>
        text.replace(/(Site\.at\("[^"]+", \{)/, `$1 extraCaddyLines: "header Suite-Line \\"it's changed\\"",`),
      );
      const { output } = await host.now.cdktf.diff();
      const changed = stripVTControlCharacters(output)
        .split("\n")
        .filter((line) => /^\s*[-+~] /.test(line) && /Suite-Line/.test(line));
      expect(changed.map((line) => line.trim())).toEqual([expect.stringMatching(/^\+\s+header Suite-Line/)]);
      expect(output).not.toMatch(new RegExp(`${cloud.serverType}\\S* .*must be replaced`));
      const before = await host.containers();
      await host.now.cdktf.deploy();
      const { headers } = await host.now.visitor.visit(application.health);
      expect(headers["suite-line"]).toBe("it's changed");
      expect(await host.containers()).toBe(before); // the edge was reloaded, not restarted
    });
  });

  describe("the server", () => {
    part("is back by itself after a reboot, with its data", async () => {
      const still = await application.keep(host.now.visitor);
      // when its first process has begun; nothing while it is away
      const begun = async () => (await host.now.login.attempt("cut -d' ' -f22 /proc/1/stat")).stdout;
      const before = await begun();
      await host.now.login.attempt("sudo systemctl reboot");
      while (["", before].includes(await begun())) await sleep(500);
      await host.untilHealthy(180);
      await still();
    });

    part("changes its size in place, by one prop, and keeps its data", async () => {
      const still = await application.keep(host.now.visitor);
      const { address } = host.now.login;
      host.edit(resizedTo(cloud.nextSize));
      const { output } = await host.now.cdktf.deploy();
      expect(output).toMatch(new RegExp(`${cloud.serverType}\\.\\S+ .*will be updated in-place`));
      await host.untilHealthy(120);
      expect(host.now.workspace.outputs().address).toBe(address);
      await still();
      expect((await host.now.cdktf.plan()).code).toBe(0);
    });

    part("is not destroyed while it is protected", async () => {
      const { code, output } = await host.now.cdktf.destroy([0, 1]);
      expect(code).toBe(1);
      expect(output).toMatch(/prevent_destroy/);
      await host.untilHealthy(10);
    });

    part("is destroyed in the documented way, and nothing stays behind", async () => {
      expect(await host.buckets()).not.toEqual([]);
      host.edit((text) => text.replace(/(new SingleHostStack\(\s*\w+,\s*"[^"]+",\s*\{)/, "$1 protection: false,"));
      await host.now.cdktf.deploy();
      await host.now.cdktf.destroy();
      expect(cloud.remains(await host.now.cloud.control("GET", "/control/state"))).toEqual([]);
      expect(await host.buckets()).toEqual([]);
    });
  });
}
