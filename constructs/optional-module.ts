/**
 * Loads a provider's bindings when a prop first needs them: each provider is an optional peer, and a team installs those
 * that it uses. Submodules only: the index of a provider's bindings takes twice the time and memory.
 */
export function optionalModule(user: string, name: string): <T>(submodule: string) => T {
  return <T>(submodule: string): T => {
    try {
      return require(`${name}/lib/${submodule}`) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
      throw new Error(`${user}: needs ${name}, which is not installed; npm install ${name}`);
    }
  };
}
