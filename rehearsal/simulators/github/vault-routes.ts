import type { Context } from "hono";
import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, nothing, page, text } from "./answers";
import type { CodeForge } from "./code-forge";
import { unseal } from "./sealed-box";
import { now, type Secret, type Vault } from "./state";

const NAME = /^[A-Z_][A-Z0-9_]*$/;
const LARGEST = 48 * 1024;

/** Secrets and variables, of repositories and of environments, under all the paths that GitHub has for them. */
export function routeVaults(api: Api, forge: CodeForge): void {
  const ofRepository = (context: Context): Vault => forge.find(parameter(context, "owner"), parameter(context, "repo"));
  const ofEnvironment = (context: Context): Vault =>
    forge.findEnvironment(
      forge.find(parameter(context, "owner"), parameter(context, "repo")),
      parameter(context, "environment"),
    );
  const byNumber = (context: Context): Vault =>
    forge.findEnvironment(forge.findById(parameter(context, "id")), parameter(context, "environment"));

  routeVault(api, "/repos/:owner/:repo/actions", ofRepository);
  routeVault(api, "/repos/:owner/:repo/environments/:environment", ofEnvironment);
  routeVault(api, "/repositories/:id/environments/:environment", byNumber);
}

function routeVault(api: Api, base: string, vaultOf: (context: Context) => Vault): void {
  routeSecrets(api, `/api/v3${base}/secrets`, vaultOf);
  routeVariables(api, `/api/v3${base}/variables`, vaultOf);
}

function routeSecrets(api: Api, base: string, vaultOf: (context: Context) => Vault): void {
  api.get(base, (context) =>
    page(context, entries(vaultOf(context).secrets), (secrets) => ({
      total_count: entries(vaultOf(context).secrets).length,
      secrets: secrets.map(([name, secret]) => describeSecret(name, secret)),
    })),
  );
  api.get(`${base}/public-key`, (context) => {
    const { key } = vaultOf(context);
    return Response.json({ key_id: key.id, key: key.publicKey });
  });
  api.get(`${base}/:name`, (context) => {
    const name = parameter(context, "name").toUpperCase();
    return Response.json(describeSecret(name, found(vaultOf(context).secrets[name])));
  });
  api.put(`${base}/:name`, async (context) => {
    const vault = vaultOf(context);
    const name = readName(parameter(context, "name"), "Secret");
    const body = await bodyOf(context);
    if (text(body.encrypted_value) === "")
      throw new Refusal(422, 'Invalid request. "encrypted_value" wasn\'t supplied.');
    if (text(body.key_id) !== vault.key.id) throw new Refusal(422, "Bad key ID");
    const value = await unseal(vault.key, text(body.encrypted_value));
    if (value === undefined) throw new Refusal(422, "Improperly encrypted secret");
    if (Buffer.byteLength(value) > LARGEST) throw new Refusal(422, "Secret value is too large");
    const old = vault.secrets[name];
    vault.secrets[name] = { value, created_at: old?.created_at ?? now(), updated_at: now() };
    return old === undefined ? Response.json({}, { status: 201 }) : nothing();
  });
  api.delete(`${base}/:name`, (context) => {
    const vault = vaultOf(context);
    const name = parameter(context, "name").toUpperCase();
    found(vault.secrets[name]);
    delete vault.secrets[name];
    return nothing();
  });
}

function routeVariables(api: Api, base: string, vaultOf: (context: Context) => Vault): void {
  api.get(base, (context) =>
    page(context, entries(vaultOf(context).variables), (variables) => ({
      total_count: entries(vaultOf(context).variables).length,
      variables: variables.map(([name, variable]) => ({ name, ...variable })),
    })),
  );
  api.post(base, async (context) => {
    const vault = vaultOf(context);
    const body = await bodyOf(context);
    const name = readName(text(body.name), "Variable");
    if (vault.variables[name] !== undefined) throw new Refusal(409, "Already exists - Variable already exists");
    vault.variables[name] = readVariable(body, now());
    return Response.json({}, { status: 201 });
  });
  api.get(`${base}/:name`, (context) => {
    const name = parameter(context, "name").toUpperCase();
    return Response.json({ name, ...found(vaultOf(context).variables[name]) });
  });
  api.patch(`${base}/:name`, async (context) => {
    const vault = vaultOf(context);
    const name = parameter(context, "name").toUpperCase();
    const old = found(vault.variables[name]);
    const body = await bodyOf(context);
    const renamed = body.name === undefined ? name : readName(text(body.name), "Variable");
    if (renamed !== name) delete vault.variables[name];
    vault.variables[renamed] = readVariable({ value: old.value, ...body }, old.created_at);
    return nothing();
  });
  api.delete(`${base}/:name`, (context) => {
    const vault = vaultOf(context);
    const name = parameter(context, "name").toUpperCase();
    found(vault.variables[name]);
    delete vault.variables[name];
    return nothing();
  });
}

function readVariable(body: Record<string, unknown>, created: string): Secret {
  if (typeof body.value !== "string") throw new Refusal(422, 'Invalid request. "value" wasn\'t supplied.');
  if (Buffer.byteLength(body.value) > LARGEST) throw new Refusal(422, "Variable value is too large");
  return { value: body.value, created_at: created, updated_at: now() };
}

function readName(name: string, kind: string): string {
  const upper = name.toUpperCase();
  if (!NAME.test(upper) || upper.startsWith("GITHUB_")) {
    throw new Refusal(
      422,
      `${kind} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_). Must not start with GITHUB_.`,
    );
  }
  return upper;
}

const entries = (all: Record<string, Secret>): [string, Secret][] =>
  Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));

const describeSecret = (name: string, { created_at, updated_at }: Secret): unknown => ({
  name,
  created_at,
  updated_at,
});

const parameter = (context: Context, name: string): string => context.req.param(name) ?? "";
