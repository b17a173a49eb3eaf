import { committedSchema, readSchemas } from "../../rehearsal/bindings/schema";

test("the committed schemas are what the real providers say", async () => {
  const read = await readSchemas(() => {});
  for (const [provider, schema] of read) {
    // compared as text: the bindings are generated in this order
    expect(JSON.stringify(committedSchema(provider), null, 1)).toBe(JSON.stringify(schema, null, 1));
  }
  expect([...read.keys()].map(({ name }) => name)).toEqual(["hcloud", "minio"]);
});
