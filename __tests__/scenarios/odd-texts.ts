import type { RunningCloud } from "../../rehearsal/cloud";

/** What a shell, a workflow's expression or a template would do, if one of them read it: a call that is recorded. */
export const CALL = "curl -s https://github.com/executed";

/** A title, a message, a note: whatever people may write. */
export const ODD = `"quoted' $(${CALL}) \`${CALL}\`; ${CALL} # \${{ format('{0}', '$(${CALL})') }} \${{ github.token }} %{ } \${HOME} ü`;

/** A branch's name has no space and no colon. */
export const ODD_BRANCH = `size/"'$(${CALL.replace("https://", "--proto-default https ").replaceAll(" ", "${IFS}")})`;

/** Calls that nothing but an executed text makes. */
export async function executed(cloud: RunningCloud): Promise<string[]> {
  const { calls } = await cloud.control("GET", "/control/calls?api=github");
  return calls.map(({ path }: { path: string }) => path).filter((path: string) => path.includes("executed"));
}
