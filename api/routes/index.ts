/** Every route of the API. Mounted, documented and tested from this list. */
import type { Route } from '../define-route.ts';
import { createApiKey } from './api-keys/create-api-key.ts';
import { listApiKeys } from './api-keys/list-api-keys.ts';
import { revokeApiKey } from './api-keys/revoke-api-key.ts';
import { listAuditEntries } from './audit/list-audit-entries.ts';
import { listCalendarEvents } from './calendar-events/list-calendar-events.ts';
import { listChanges } from './changes/list-changes.ts';
import { listConflicts } from './conflicts/list-conflicts.ts';
import { resolveConflict } from './conflicts/resolve-conflict.ts';
import { archiveContactList } from './contact-lists/archive-contact-list.ts';
import { addMember, removeMember } from './contact-lists/change-membership.ts';
import { createContactList } from './contact-lists/create-contact-list.ts';
import { getContactList } from './contact-lists/get-contact-list.ts';
import { listContactLists } from './contact-lists/list-contact-lists.ts';
import { renameContactList } from './contact-lists/rename-contact-list.ts';
import { restoreContactList } from './contact-lists/restore-contact-list.ts';
import { archiveContact } from './contacts/archive-contact.ts';
import { changeContact } from './contacts/change-contact.ts';
import { createContact } from './contacts/create-contact.ts';
import { explainContact } from './contacts/explain-contact.ts';
import { getContact } from './contacts/get-contact.ts';
import { listContacts } from './contacts/list-contacts.ts';
import { listJournal } from './contacts/list-journal.ts';
import { restoreContact } from './contacts/restore-contact.ts';
import { getDocument } from './documents/get-document.ts';
import { listDocuments } from './documents/list-documents.ts';
import { exportUser } from './export/export-user.ts';
import { changeIntegration } from './integrations/change-integration.ts';
import { changeCollection } from './integrations/collections/change-collection.ts';
import { listCollections } from './integrations/collections/list-collections.ts';
import { refreshCollections } from './integrations/collections/refresh-collections.ts';
import { createIntegration } from './integrations/create-integration.ts';
import { deleteIntegration } from './integrations/delete-integration.ts';
import { getIntegration } from './integrations/get-integration.ts';
import { getSupportBundle } from './integrations/get-support-bundle.ts';
import { listIntegrations } from './integrations/list-integrations.ts';
import { getFieldMappings, replaceFieldMappings } from './integrations/mappings/field-mappings.ts';
import { getMappingVersions, restoreMappingVersion } from './integrations/mappings/mapping-versions.ts';
import { getObjectMappings, replaceObjectMappings } from './integrations/mappings/object-mappings.ts';
import { previewMappings } from './integrations/mappings/preview-mappings.ts';
import { applyPlan } from './integrations/plans/apply-plan.ts';
import { createPlan } from './integrations/plans/create-plan.ts';
import { getPlan } from './integrations/plans/get-plan.ts';
import { rejectPlan } from './integrations/plans/reject-plan.ts';
import { reauthenticate } from './integrations/reauthenticate.ts';
import { replaceApiKey } from './integrations/replace-api-key.ts';
import { getRun } from './integrations/runs/get-run.ts';
import { listRuns } from './integrations/runs/list-runs.ts';
import { undoRun } from './integrations/runs/undo-run.ts';
import { startSync } from './integrations/start-sync.ts';
import { streamEvents } from './integrations/stream-events.ts';
import { testConnection } from './integrations/test-connection.ts';
import { forgetUser } from './integrations/users/forget-user.ts';
import { listUsers } from './integrations/users/list-users.ts';
import { mapUser } from './integrations/users/map-user.ts';
import { syncUsers } from './integrations/users/sync-users.ts';
import { finishAuthorization } from './oauth/finish-authorization.ts';
import { startAuthorization } from './oauth/start-authorization.ts';
import { getMetrics } from './operations/get-metrics.ts';
import { getOpenApi } from './operations/get-openapi.ts';
import { getHealth, getReadiness } from './operations/health.ts';
import { listProviders } from './providers/list-providers.ts';
import { searchEverything } from './search/search-everything.ts';
import { endSession } from './session/end-session.ts';
import { getSession } from './session/get-session.ts';
import { createSession } from './sessions/create-session.ts';
import { redeemLink } from './sessions/redeem-link.ts';
import { changeTask } from './tasks/change-task.ts';
import { createTask } from './tasks/create-task.ts';
import { getTask } from './tasks/get-task.ts';
import { listTaskStates } from './tasks/list-task-states.ts';
import { listTasks } from './tasks/list-tasks.ts';
import { listWorkspaceUsers } from './users/list-workspace-users.ts';
import { receivePush } from './webhooks/receive-push.ts';

export const routes: readonly Route[] = [
  listProviders,
  listIntegrations,
  createIntegration,
  getIntegration,
  changeIntegration,
  deleteIntegration,
  startSync,
  testConnection,
  reauthenticate,
  replaceApiKey,
  listCollections,
  refreshCollections,
  changeCollection,
  syncUsers,
  listUsers,
  mapUser,
  forgetUser,
  getObjectMappings,
  replaceObjectMappings,
  getFieldMappings,
  replaceFieldMappings,
  previewMappings,
  getMappingVersions,
  restoreMappingVersion,
  listRuns,
  getRun,
  undoRun,
  createPlan,
  getPlan,
  applyPlan,
  rejectPlan,
  streamEvents,
  getSupportBundle,
  listContacts,
  createContact,
  getContact,
  changeContact,
  archiveContact,
  restoreContact,
  explainContact,
  listJournal,
  listConflicts,
  resolveConflict,
  listContactLists,
  createContactList,
  getContactList,
  renameContactList,
  archiveContactList,
  restoreContactList,
  addMember,
  removeMember,
  listChanges,
  listCalendarEvents,
  listTasks,
  createTask,
  getTask,
  changeTask,
  listTaskStates,
  listDocuments,
  getDocument,
  searchEverything,
  listWorkspaceUsers,
  listApiKeys,
  createApiKey,
  revokeApiKey,
  listAuditEntries,
  exportUser,
  createSession,
  redeemLink,
  getSession,
  endSession,
  startAuthorization,
  finishAuthorization,
  receivePush,
  getHealth,
  getReadiness,
  getMetrics,
  getOpenApi,
];
