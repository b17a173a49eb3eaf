import { visible } from "../terminal";
import type { ProviderLock } from "./lock";

/** What is locked, and what that changes. */
export function renderLock({ file, before, after }: ProviderLock): string[] {
  const earlier = new Map(before.map(({ source, version }) => [source, version]));
  const lines = after.map(({ source, version }) => {
    const was = earlier.get(source);
    if (was === version) return `  ${source} ${version}`;
    return was === undefined ? `+ ${source} ${version}` : `~ ${source} ${was} -> ${version}`;
  });
  const gone = before.filter(({ source }) => !after.some((provider) => provider.source === source));
  return [...lines, ...gone.map(({ source, version }) => `- ${source} ${version}`), `${file}: commit it`].map(visible);
}
