/** Linear's OAuth scopes. They are separated by commas in the authorization URL and by spaces in the token's answer. */

const descriptions: Record<string, string> = {
  read: 'Read what you can see in the workspace',
  write: 'Write everything you can write',
  'issues:create': 'Create issues',
  'comments:create': 'Comment on issues',
  'timeSchedule:write': 'Change time schedules',
  admin: 'Administer the workspace, webhooks included',
};

/** `read` is always present. undefined where a scope is unknown. */
export function parseScopes(text: string): string[] | undefined {
  const asked = text.split(/[\s,]+/).filter((scope) => scope !== '');
  return asked.every((scope) => scope in descriptions) ? withRead(asked) : undefined;
}

export function withRead(scopes: readonly string[]): string[] {
  return [...new Set(['read', ...scopes])];
}

export function describeScope(scope: string): string {
  return descriptions[scope] ?? scope;
}
