import { PassThrough } from "node:stream";
import { readPassword } from "../../cli/password";

const { RESTIC_PASSWORD } = process.env;
beforeAll(() => {
  delete process.env.RESTIC_PASSWORD;
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterAll(() => {
  if (RESTIC_PASSWORD !== undefined) process.env.RESTIC_PASSWORD = RESTIC_PASSWORD;
});

/** Keys as a terminal sends them. */
function typing(keys: string): Promise<string> {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true });
  keyboard.write(keys);
  return readPassword(false, "password: ", keyboard);
}

test("what is typed is the password", async () => {
  await expect(typing("it's ${mine}\r")).resolves.toBe("it's ${mine}");
});

test.each([
  ["Ctrl-C", "\x03"],
  ["Ctrl-C after a few letters", "let\x03"],
  ["Ctrl-D", "\x04"],
])("%s is a no, and not an end that looks like success", async (_name, keys) => {
  await expect(typing(keys)).rejects.toThrow("the password of the backups: was not given; nothing was changed");
});

test("nothing is no password", async () => {
  await expect(typing("\r")).rejects.toThrow("the password of the backups: is empty");
});
