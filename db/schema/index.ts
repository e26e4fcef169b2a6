export * from './identity.ts';
export * from './integrations.ts';
export * from './records.ts';
export * from './tasks.ts';
