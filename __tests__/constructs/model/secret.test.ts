import { Faults } from "../../../constructs/model/faults";
import { Secret, validateSecrets } from "../../../constructs/model/secret";

function faultsOf(secrets: Record<string, Secret>): string[] {
  const faults = new Faults();
  validateSecrets(secrets, new Map(Object.entries(secrets)), faults);
  return faults.toLines();
}

describe("Secret", () => {
  test("a template is text, references and braces", () => {
    // WHEN
    const secret = Secret.template("postgres://{USER}:{PASSWORD:urlencode}@db/{{x}}?a=$");

    // THEN
    expect(secret.source).toEqual({
      kind: "template",
      problem: null,
      parts: [
        { kind: "text", text: "postgres://" },
        { kind: "reference", name: "USER", urlEncoded: false },
        { kind: "text", text: ":" },
        { kind: "reference", name: "PASSWORD", urlEncoded: true },
        { kind: "text", text: "@db/{x}?a=$" },
      ],
    });
    expect(secret.references).toEqual(["USER", "PASSWORD"]);
  });

  test("is exposed to further services without changing the one it came from", () => {
    const secret = Secret.generated();
    expect(secret.exposedTo("app").exposedTo("worker").services).toEqual(["app", "worker"]);
    expect(secret.services).toEqual([]);
  });

  test("says what it is, never more", () => {
    expect(`${Secret.template("x{A}")} ${Secret.given()}`).toBe("[secret template] [secret given]");
  });
});

describe("validateSecrets", () => {
  test("finds nothing in secrets that hang together", () => {
    expect(
      faultsOf({
        A: Secret.generated({ length: 16 }),
        B: Secret.sameAs("A"),
        C: Secret.template("{A}{B}{D:urlencode}"),
        D: Secret.given({ variable: "other-name" }),
      }),
    ).toEqual([]);
  });

  test("names every fault at once", () => {
    expect(
      faultsOf({
        "NOT A NAME": Secret.generated(),
        SHORT: Secret.generated({ length: 8 }),
        version: Secret.given(),
        LOST: Secret.sameAs("NOBODY"),
        BROKEN: Secret.template("{A:base64} {"),
        SELF: Secret.sameAs("SELF"),
        A: Secret.template("{B}"),
        B: Secret.sameAs("C"),
        C: Secret.template("x{A}x"),
        OUTSIDE: Secret.sameAs("A"),
      }),
    ).toEqual([
      'NOT A NAME: must be the name of an environment variable, got "NOT A NAME"',
      "SHORT: length must be a whole number from 16 to 256, got 8",
      'version: "version" cannot be the name of a Terraform variable; name another: Secret.given({ variable: ... })',
      "LOST: refers to NOBODY, which is no secret of this host; known are NOT A NAME, SHORT, version, BROKEN, SELF, A, B, C, OUTSIDE",
      "BROKEN: the template holds {A:base64}, which names no secret; write {NAME} or {NAME:urlencode}, and {{ or }} for a brace",
      "SELF: refers to itself: SELF -> SELF; make one of them generated or given",
      "A: refers to itself: A -> B -> C -> A; make one of them generated or given",
    ]);
  });
});
