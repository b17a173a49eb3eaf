import { Droplet } from "@cdktf/provider-digitalocean/lib/droplet";
import { Firewall } from "@cdktf/provider-digitalocean/lib/firewall";
import { Project } from "@cdktf/provider-digitalocean/lib/project";
import { ProjectResources } from "@cdktf/provider-digitalocean/lib/project-resources";
import { DigitaloceanProvider } from "@cdktf/provider-digitalocean/lib/provider";
import { SshKey } from "@cdktf/provider-digitalocean/lib/ssh-key";
import { Password } from "@cdktf/provider-random/lib/password";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { PrivateKey } from "@cdktf/provider-tls/lib/private-key";
import { TlsProvider } from "@cdktf/provider-tls/lib/provider";
import { type App, DataResource, Fn, TerraformLocal, TerraformOutput, TerraformStack } from "cdktf";

/** Texts that the library renders, ready made, so that plain cdktf writes just as many bytes. */
export interface ReadyTexts {
  readonly userData: string;
  readonly bundle: string;
  readonly files: Record<string, string>;
}

const anywhere = ["0.0.0.0/0", "::/0"];

/** The resources of `libraryHost`, written by hand in plain cdktf with all texts ready made. */
export function plainHost(app: App, name: string, texts: ReadyTexts): void {
  const stack = new TerraformStack(app, name);
  new DigitaloceanProvider(stack, "digitalocean");
  new RandomProvider(stack, "random");
  new TlsProvider(stack, "tls");
  const lifecycle = { preventDestroy: true };
  const bootstrap = new PrivateKey(stack, "bootstrap", { algorithm: "ECDSA", ecdsaCurve: "P256", lifecycle });
  const lasting = new PrivateKey(stack, "lasting", { algorithm: "ED25519", lifecycle });
  const deploy = new PrivateKey(stack, "deploy", { algorithm: "ED25519", lifecycle });
  const key = new SshKey(stack, "key", { name: `${name}-deploy`, publicKey: Fn.trimspace(deploy.publicKeyOpenssh) });
  const droplet = new Droplet(stack, "droplet", {
    name,
    size: "s-1vcpu-1gb",
    region: "nyc3",
    image: "debian-13-x64",
    ipv6: true,
    monitoring: true,
    resizeDisk: false,
    sshKeys: [key.id],
    tags: ["cdktf-single-host", name],
    userData: `${texts.userData}# ${bootstrap.privateKeyOpenssh}${bootstrap.publicKeyOpenssh}${deploy.publicKeyOpenssh}`,
    lifecycle: { ignoreChanges: ["user_data", "ssh_keys", "image"] },
  });
  const firewall = new Firewall(stack, "firewall", {
    name,
    dropletIds: [droplet.id as unknown as number],
    inboundRule: [
      ...["22", "80", "443"].map((portRange) => ({ protocol: "tcp", portRange, sourceAddresses: anywhere })),
      { protocol: "udp", portRange: "443", sourceAddresses: anywhere },
      { protocol: "icmp", sourceAddresses: anywhere },
    ],
    outboundRule: [
      { protocol: "tcp", portRange: "1-65535", destinationAddresses: anywhere },
      { protocol: "udp", portRange: "1-65535", destinationAddresses: anywhere },
      { protocol: "icmp", destinationAddresses: anywhere },
    ],
  });
  const project = new Project(stack, "project", { name, purpose: "Web Application", environment: "Production" });
  new ProjectResources(stack, "project-resources", { project: project.id, resources: [droplet.urn] });
  new DataResource(stack, "protection", { triggersReplace: { id: droplet.id }, lifecycle });
  const password = new Password(stack, "password", { length: 32, special: false, lifecycle });
  const url = new TerraformLocal(stack, "database-url", `postgresql://postgres:${password.result}@database/postgres`);
  const connection = {
    type: "ssh",
    host: droplet.ipv4Address,
    user: "deploy",
    privateKey: deploy.privateKeyOpenssh,
    hostKey: Fn.trimspace(lasting.publicKeyOpenssh),
    agent: "false",
  } as const;
  const identity = new DataResource(stack, "identity", {
    triggersReplace: { server: droplet.id, host_key: Fn.trimspace(lasting.publicKeyOpenssh) },
    connection,
    provisioners: [
      { type: "remote-exec", inline: ["cloud-init status --wait || [ $? -eq 2 ]"] },
      { type: "file", destination: "/run/single-host/incoming/host_key", content: lasting.privateKeyOpenssh },
      { type: "remote-exec", inline: ["sudo single-host identity"] },
    ],
    dependsOn: [firewall],
  });
  new DataResource(stack, "configuration", {
    triggersReplace: {
      server: droplet.id,
      files: {
        ...texts.files,
        "host.json": `${texts.files["host.json"]}${droplet.ipv4Address}${deploy.publicKeyOpenssh}`,
      },
      secrets: { POSTGRES_PASSWORD: Fn.sha256(password.result), DATABASE_URL: Fn.sha256(url.expression) },
    },
    connection,
    provisioners: [
      {
        type: "file",
        destination: "/run/single-host/incoming/bundle.json",
        content: `${texts.bundle}${droplet.ipv4Address}${deploy.publicKeyOpenssh}`,
      },
      {
        type: "file",
        destination: "/run/single-host/incoming/secrets.json",
        content: Fn.jsonencode({ application: { POSTGRES_PASSWORD: password.result, DATABASE_URL: url.expression } }),
      },
      { type: "remote-exec", inline: ["sudo single-host apply"] },
    ],
    dependsOn: [identity, firewall],
  });
  new TerraformOutput(stack, "address", { value: droplet.ipv4Address });
  new TerraformOutput(stack, "ssh", { value: `ssh deploy@${droplet.ipv4Address}` });
  new TerraformOutput(stack, "url", { value: `https://${name}.example` });
  new TerraformOutput(stack, "known_hosts", {
    value: `${droplet.ipv4Address} ${Fn.trimspace(lasting.publicKeyOpenssh)}`,
  });
}
