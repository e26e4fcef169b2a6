-- The change feed; see db/queries/changes.ts. One row a statement, written by triggers, so that loading stays cheap.
CREATE TABLE changes (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  seq bigint GENERATED ALWAYS AS IDENTITY,
  workspace_id text NOT NULL,
  user_id text NOT NULL,
  kind text NOT NULL,
  change text NOT NULL,
  record_ids text[] NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, xid, seq)
);--> statement-breakpoint
-- The last transaction of which changes were forgotten: one row.
CREATE TABLE change_horizon (
  id boolean PRIMARY KEY DEFAULT true CHECK (id),
  xid xid8 NOT NULL
);--> statement-breakpoint
-- Arguments: kind, what happened, and the condition under which a reader no longer sees the record.
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'INSERT INTO changes (workspace_id, user_id, kind, change, record_ids)
     SELECT workspace_id, user_id, $1, CASE WHEN %1$s THEN ''deleted'' ELSE $2 END, array_agg(id)
     FROM touched GROUP BY workspace_id, user_id, (%1$s)', TG_ARGV[2])
  USING TG_ARGV[0], TG_ARGV[1];
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER contacts_change_insert AFTER INSERT ON contacts REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('contact', 'created', 'archived_at IS NOT NULL');
--> statement-breakpoint
CREATE TRIGGER contacts_change_update AFTER UPDATE ON contacts REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('contact', 'updated', 'archived_at IS NOT NULL');
--> statement-breakpoint
CREATE TRIGGER contacts_change_delete AFTER DELETE ON contacts REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('contact', 'deleted', 'archived_at IS NOT NULL');
--> statement-breakpoint
CREATE TRIGGER contact_lists_change_insert AFTER INSERT ON contact_lists REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('contact_list', 'created', 'archived_at IS NOT NULL');
--> statement-breakpoint
CREATE TRIGGER contact_lists_change_update AFTER UPDATE ON contact_lists REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('contact_list', 'updated', 'archived_at IS NOT NULL');
--> statement-breakpoint
CREATE TRIGGER contact_lists_change_delete AFTER DELETE ON contact_lists REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('contact_list', 'deleted', 'archived_at IS NOT NULL');
--> statement-breakpoint
CREATE TRIGGER calendar_events_change_insert AFTER INSERT ON calendar_events REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('calendar_event', 'created', 'status = ''cancelled''');
--> statement-breakpoint
CREATE TRIGGER calendar_events_change_update AFTER UPDATE ON calendar_events REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('calendar_event', 'updated', 'status = ''cancelled''');
--> statement-breakpoint
CREATE TRIGGER calendar_events_change_delete AFTER DELETE ON calendar_events REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('calendar_event', 'deleted', 'status = ''cancelled''');
--> statement-breakpoint
CREATE TRIGGER tasks_change_insert AFTER INSERT ON tasks REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('task', 'created', 'archived');
--> statement-breakpoint
CREATE TRIGGER tasks_change_update AFTER UPDATE ON tasks REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('task', 'updated', 'archived');
--> statement-breakpoint
CREATE TRIGGER tasks_change_delete AFTER DELETE ON tasks REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('task', 'deleted', 'archived');
--> statement-breakpoint
CREATE TRIGGER documents_change_insert AFTER INSERT ON documents REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('document', 'created', 'hidden_at IS NOT NULL');
--> statement-breakpoint
CREATE TRIGGER documents_change_update AFTER UPDATE ON documents REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('document', 'updated', 'hidden_at IS NOT NULL');
--> statement-breakpoint
CREATE TRIGGER documents_change_delete AFTER DELETE ON documents REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_change('document', 'deleted', 'hidden_at IS NOT NULL');
