export * from './adapter.ts';
export * from './cause.ts';
export * from './error.ts';
export * from './records.ts';
