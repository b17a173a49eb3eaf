import { join } from "node:path";
import { docker, serverToolsImage } from "./server-image";

const PROGRAM = join(__dirname, "../../cloud-init/host");
const NAME = `cdktf-single-host-expiry-${process.pid}`;

beforeAll(() => {
  const minio = docker(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "cdktf-single-host/minio"]).split(
    "\n",
  )[0];
  if (minio === undefined || minio === "") {
    throw new Error("no image cdktf-single-host/minio: `npm run rehearse` builds it");
  }
  const keys = ["--env", "MINIO_ROOT_USER=rehearsal", "--env", "MINIO_ROOT_PASSWORD=rehearsal-secret"];
  docker(["network", "create", "--label", "cdktf-single-host=rehearsal", NAME]);
  docker([
    "run",
    "--detach",
    "--name",
    NAME,
    "--network",
    NAME,
    "--network-alias",
    "storage",
    ...keys,
    minio,
    "server",
    "/data",
  ]);
});

afterAll(() => {
  docker(["rm", "--force", "--volumes", NAME]);
  docker(["network", "rm", NAME]);
});

test("a real bucket loses what is past its days, keeps what is not, and brings nothing back", () => {
  const mounts = ["--volume", `${PROGRAM}:/program:ro`, "--volume", `${__dirname}/expiry.py:/expiry.py:ro`];
  const environment = ["PYTHONPATH=/program", "PYTHONDONTWRITEBYTECODE=1", "ENDPOINT=http://storage:9000"];
  const settings = environment.flatMap((setting) => ["--env", setting]);
  const head = ["run", "--rm", "--network", NAME, ...mounts, ...settings, "--entrypoint", "python3"];
  const seen = JSON.parse(docker([...head, serverToolsImage(), "/expiry.py"]));
  const objects = {
    "before versioning": "now",
    "changed/ü %": "1049",
    "deleted and written again": "new",
  };
  expect(seen.day29).toMatchObject({ versions: 0, markers: 0, uploads: 1, failures: [] });
  expect(seen.left29).toEqual({ versions: 1055, markers: 2, uploads: 0, objects });
  expect(seen.dry31).toMatchObject({ versions: 1052, markers: 2, failures: [] });
  expect(seen.leftDry).toEqual(seen.left29);
  expect(seen.day31).toEqual(seen.dry31);
  expect(seen.left31).toEqual({ versions: 3, markers: 0, uploads: 0, objects });
  expect(seen.day32).toMatchObject({ versions: 0, markers: 0, uploads: 0, finished: true });
});
