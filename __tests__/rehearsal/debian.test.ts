import { mirrorsIn } from "../../rehearsal/debian";

describe("mirrorsIn", () => {
  it("reads apt's older spelling, without what is commented out", () => {
    const text = `# deb http://old.example/debian trixie main
deb [signed-by=/usr/share/keyrings/debian.gpg] http://mirror.example/debian trixie main
deb-src http://sources.example/debian trixie main
deb http://mirror.example/debian-security trixie-security main
`;
    expect(mirrorsIn(text)).toEqual(["http://mirror.example/debian", "http://mirror.example/debian-security"]);
  });

  it("reads apt's newer spelling", () => {
    const text =
      "Types: deb\n# https://snapshot.example/debian\nURIs: https://mirror.example/debian/\nSuites: trixie\n";
    expect(mirrorsIn(text)).toEqual(["https://mirror.example/debian/"]);
  });
});
