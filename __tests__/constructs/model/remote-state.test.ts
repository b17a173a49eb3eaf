import { Faults } from "../../../constructs/model/faults";
import { RemoteState } from "../../../constructs/model/remote-state";

function faults(state: RemoteState): readonly string[] {
  const found = new Faults();
  state.validate(found, "state");
  return found.toLines();
}

function missing(state: RemoteState, environment: NodeJS.ProcessEnv): readonly string[] {
  const found = new Faults();
  state.validateCredentials(found, "state", environment);
  return found.toLines();
}

const notAmazon = {
  skipCredentialsValidation: true,
  skipMetadataApiCheck: true,
  skipRegionValidation: true,
  skipRequestingAccountId: true,
  skipS3Checksum: true,
};

describe("each store's settings of Terraform's backend", () => {
  test("Spaces, as DigitalOcean documents it", () => {
    expect(RemoteState.spaces({ bucket: "our-state", region: "fra1" }).settings("beta", true)).toEqual({
      bucket: "our-state",
      key: "beta.tfstate",
      region: "us-east-1",
      endpoints: { s3: "https://fra1.digitaloceanspaces.com" },
      useLockfile: true,
      ...notAmazon,
    });
  });

  test("Hetzner, with the bucket in the path", () => {
    const state = RemoteState.hetzner({ bucket: "our-state", location: "hel1", folder: "deita", locking: false });
    expect(state.settings("prod", true)).toEqual({
      bucket: "our-state",
      key: "deita/prod.tfstate",
      region: "hel1",
      endpoints: { s3: "https://hel1.your-objectstorage.com" },
      usePathStyle: true,
      ...notAmazon,
    });
  });

  test("Amazon, with all that Terraform checks there", () => {
    expect(RemoteState.s3({ bucket: "our-state", region: "eu-central-1" }).settings("beta", true)).toEqual({
      bucket: "our-state",
      key: "beta.tfstate",
      region: "eu-central-1",
      useLockfile: true,
    });
  });

  test("another company, and an engine that can not lock", () => {
    const endpoint = "https://account.r2.cloudflarestorage.com";
    expect(RemoteState.s3({ bucket: "our-state", region: "auto", endpoint }).settings("beta", false)).toEqual({
      bucket: "our-state",
      key: "beta.tfstate",
      region: "auto",
      endpoints: { s3: endpoint },
      usePathStyle: true,
      ...notAmazon,
    });
  });
});

test.each(["..", "../other", "teams/../other", "./chitram", "teams/."])("%j leads out of its folder", (folder) => {
  const [fault, ...others] = faults(RemoteState.s3({ bucket: "our-state", region: "eu-central-1", folder }));
  expect(fault).toMatch(/^state\/folder: must be names/);
  expect(others).toEqual([]);
});

test("all that is wrong is said at once", () => {
  expect(faults(RemoteState.spaces({ bucket: "Our State", region: "nyc1" as never, folder: "../${x}" }))).toEqual([
    'state/bucket: must be 3-63 of a-z, 0-9 and "-", got "Our State"',
    'state/folder: must be names of A-Z, a-z, 0-9, ".", "_" and "-", and no "..", got "../${x}"; write it as "chitram" or "teams/chitram"',
    expect.stringMatching(/^state\/region: has no Spaces, got "nyc1"; choose one of ams3, .*nyc3/),
  ]);
  expect(faults(RemoteState.hetzner({ bucket: "our-state", location: "ash" as never }))).toEqual([
    'state/location: has no Object Storage, got "ash"; choose one of fsn1, nbg1, hel1',
  ]);
  expect(faults(RemoteState.s3({ bucket: "our-state", region: "", endpoint: "s3.example/x" }))).toEqual([
    'state/endpoint: must be a scheme and a name, got "s3.example/x"; write it as "https://s3.eu-central-003.backblazeb2.com"',
    'state/region: must be a region\'s name, got ""; where there is none, "us-east-1" or "auto"',
  ]);
});

test("a key that is missing is named, with where it comes from", () => {
  const spaces = RemoteState.spaces({ bucket: "our-state", region: "fra1" });
  expect(missing(spaces, {})).toEqual([
    'state: AWS_ACCESS_KEY_ID is not set; Terraform takes the key to Spaces from there: export AWS_ACCESS_KEY_ID="$SPACES_ACCESS_KEY_ID"',
    'state: AWS_SECRET_ACCESS_KEY is not set; Terraform takes the key to Spaces from there: export AWS_SECRET_ACCESS_KEY="$SPACES_SECRET_ACCESS_KEY"',
  ]);
  expect(missing(spaces, { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "" })).toHaveLength(1);
  expect(missing(spaces, { AWS_PROFILE: "spaces" })).toEqual([]);
  const [hetzner] = missing(RemoteState.hetzner({ bucket: "our-state", location: "fsn1" }), {});
  expect(hetzner).toContain('AWS_ACCESS_KEY_ID="$TF_VAR_OBJECT_STORAGE_ACCESS_KEY"');
  const amazon = RemoteState.s3({ bucket: "our-state", region: "eu-central-1" });
  expect(missing(amazon, { AWS_WEB_IDENTITY_TOKEN_FILE: "/run/token" })).toEqual([]);
  expect(missing(amazon, {})).toHaveLength(2);
});
