import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Addresses } from "../../rehearsal/addresses";
import { RehearsalNetwork } from "../../rehearsal/network";

class OtherNetwork extends RehearsalNetwork {
  public override get stateFolder(): string {
    return folder;
  }
}

const folder = mkdtempSync(join(tmpdir(), "addresses-"));
const network = new OtherNetwork("other", "10.97.3.0/24");
// two processes know nothing of each other but the files
const [one, other] = [new Addresses(network), new Addresses(network)];
afterAll(() => rmSync(folder, { recursive: true }));

it("gives no address twice, reserved or a server's", () => {
  expect([one.reserve("ipv4"), other.claimFor(7), one.claimFor(8), other.reserve("ipv4")]).toEqual([
    "10.97.3.11",
    "10.97.3.12",
    "10.97.3.13",
    "10.97.3.14",
  ]);
  const networks = [one.reserve("ipv6"), other.reserve("ipv6")].map((address) => address.replace(/::1$/, ""));
  expect(new Set(networks).size).toBe(2);
});

it("keeps what is reserved until it is given back, whatever server had it", () => {
  one.releaseOf(7, "10.97.3.11");
  expect(one.isReserved("10.97.3.11")).toBe(true);
  other.release("10.97.3.11");
  expect(one.isReserved("10.97.3.11")).toBe(false);
  expect(one.reserve("ipv4")).toBe("10.97.3.11");
});

it("lets a server's own address go with the server alone", () => {
  one.release("10.97.3.12");
  one.releaseOf(8, "10.97.3.12");
  expect(one.claimFor(9)).toBe("10.97.3.15");
  one.releaseOf(7, "10.97.3.12");
  expect(one.claimFor(10)).toBe("10.97.3.12");
});
