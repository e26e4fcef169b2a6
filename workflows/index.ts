/** The bundle's entry. Exported names are permanent: histories and running workflows know them. */
export { computePlan } from './compute-plan.ts';
export { connect } from './connect.ts';
export { deleteIntegration } from './delete-integration.ts';
export { integration } from './integration.ts';
export { reauthenticate } from './reauthenticate.ts';
export { reconcile } from './reconcile.ts';
export { refreshCollections } from './refresh-collections.ts';
export { sync } from './sync.ts';
export { syncUsers } from './sync-users.ts';
export { testConnection } from './test-connection.ts';
export { writeTask } from './write-task.ts';
