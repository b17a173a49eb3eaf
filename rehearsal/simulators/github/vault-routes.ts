import type { Context } from "hono";
import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, nothing, page, text } from "./answers";
import { ADDRESSES, type CodeForge } from "./code-forge";
import { unseal } from "./sealed-box";
import { now, type Secret, type Vault } from "./state";

const NAME = /^[A-Z_][A-Z0-9_]*$/;
const LARGEST = 48 * 1024;

/** https://docs.github.com/en/actions/reference/secrets-reference, .../variables-reference */
interface Limits {
  readonly secrets: number;
  readonly variables: number;
}
const REPOSITORY_LIMITS: Limits = { secrets: 100, variables: 500 };
const ENVIRONMENT_LIMITS: Limits = { secrets: 100, variables: 100 };

/** Secrets and variables, of repositories and of environments, under all the paths that GitHub has for them. */
export function routeVaults(api: Api, forge: CodeForge): void {
  const ofRepository = (context: Context): Vault => forge.of(context);
  const ofEnvironment = (context: Context): Vault =>
    forge.findEnvironment(forge.of(context), parameter(context, "environment"));
  for (const address of ADDRESSES) {
    routeSecrets(api, `${address}/actions/secrets`, ofRepository, REPOSITORY_LIMITS);
    routeVariables(api, `${address}/actions/variables`, ofRepository, REPOSITORY_LIMITS);
    routeSecrets(api, `${address}/environments/:environment/secrets`, ofEnvironment, ENVIRONMENT_LIMITS);
    routeVariables(api, `${address}/environments/:environment/variables`, ofEnvironment, ENVIRONMENT_LIMITS);
  }
}

type VaultOf = (context: Context) => Vault;

function routeSecrets(api: Api, base: string, vaultOf: VaultOf, limits: Limits): void {
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
    refuseMore(vault.secrets, name, limits.secrets, "secrets");
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

function routeVariables(api: Api, base: string, vaultOf: VaultOf, limits: Limits): void {
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
    refuseMore(vault.variables, name, limits.variables, "variables");
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

function refuseMore(all: Record<string, Secret>, name: string, most: number, kind: string): void {
  if (all[name] !== undefined || Object.keys(all).length < most) return;
  throw new Refusal(422, `You have reached the maximum number of ${kind} (${most})`);
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
