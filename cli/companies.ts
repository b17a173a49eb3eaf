/** What is said of a cloud's company, by the type of its server in Terraform. */
export const COMPANIES = {
  digitalocean_droplet: {
    company: "DigitalOcean",
    console: "https://cloud.digitalocean.com/droplets",
    /** What somebody does there to a server that shall go. */
    deletion: "delete it in the cloud's console",
  },
  hcloud_server: {
    company: "Hetzner",
    console: "https://console.hetzner.cloud",
    // a protected stack's server is protected there too
    deletion: "switch its protection off in the cloud's console and delete it there",
  },
} as const;
