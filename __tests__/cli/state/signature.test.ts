import { encoded, signedHeaders } from "../../../cli/state/signature";

/** The examples of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
const key = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: null,
};
const moment = new Date("2013-05-24T00:00:00Z");

function signature(method: string, address: string, headers: Record<string, string> = {}, body = ""): string {
  const url = new URL(`https://examplebucket.s3.amazonaws.com${address}`);
  const { authorization = "" } = signedHeaders({ method, url, headers, body }, "us-east-1", key, moment);
  return authorization.replace(/^.*Signature=/, "");
}

test("requests are signed as Amazon's examples are", () => {
  expect(signature("GET", "/test.txt", { range: "bytes=0-9" })).toBe(
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  );
  expect(signature("GET", "/?lifecycle")).toBe("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  expect(signature("GET", "/?max-keys=2&prefix=J")).toBe(
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  );
  const headers = { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" };
  expect(signature("PUT", `/${encoded("test$file.text")}`, headers, "Welcome to Amazon S3.")).toBe(
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  );
});

test("a key that lasts for hours sends its token, signed", () => {
  const url = new URL("https://examplebucket.s3.amazonaws.com/");
  const request = { method: "GET", url, headers: {}, body: "" };
  const headers = signedHeaders(request, "us-east-1", { ...key, sessionToken: "token" }, moment);
  expect(headers["x-amz-security-token"]).toBe("token");
  expect(headers.authorization).toContain("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,");
});
