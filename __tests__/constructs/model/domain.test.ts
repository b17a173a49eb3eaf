import { Domain, zoneOf } from "../../../constructs/model/domain";
import { Faults } from "../../../constructs/model/faults";

describe("Domain", () => {
  test("knows the names of records within it", () => {
    const domain = Domain.create("Chitram.example");
    expect(
      ["chitram.example", "www.chitram.example", "a.b.CHITRAM.example", "notchitram.example"].map((name) =>
        domain.recordName(name),
      ),
    ).toEqual(["@", "www", "a.b", null]);
  });

  test("the longest zone that fits holds a name", () => {
    const domains = [Domain.existing("example.org"), Domain.create("beta.example.org")];
    expect(zoneOf("www.beta.example.org", domains)?.name).toBe("beta.example.org");
    expect(zoneOf("www.example.org", domains)?.name).toBe("example.org");
    expect(zoneOf("example.com", domains)).toBeUndefined();
  });

  test("a scheme is a fault", () => {
    const faults = new Faults();
    Domain.create("https://chitram.example").validate(faults, "domains/0");
    expect(faults.toLines()).toEqual([
      'domains/0: must be a domain, got "https://chitram.example"; write it bare, as in chitram.example',
    ]);
  });
});
