export * from './contact-sync.ts';
export * from './documents.ts';
export * from './identity.ts';
export * from './integrations.ts';
export * from './limits.ts';
export * from './records.ts';
export * from './tasks.ts';
