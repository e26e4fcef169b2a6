export function explainMissingTools(version?: string, env?: NodeJS.ProcessEnv): string | undefined;
export function packagesAreInstalled(projectFolder: string): boolean;
