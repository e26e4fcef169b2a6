-- Full text over what Harmony reads; see db/queries/search-index.ts. Triggers are no part of db/schema.
CREATE EXTENSION IF NOT EXISTS unaccent;--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS btree_gin;--> statement-breakpoint
-- Lower case, without accents, and with blanks for what joins words in addresses and names.
CREATE FUNCTION search_text(VARIADIC parts text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT translate(lower(public.unaccent('public.unaccent', array_to_string(parts, ' '))), '@./_-:+#''', '         ')
$$;--> statement-breakpoint
CREATE TABLE search_vectors (
  kind text NOT NULL,
  record_id text NOT NULL,
  user_id text NOT NULL,
  vector tsvector NOT NULL,
  PRIMARY KEY (kind, record_id)
);--> statement-breakpoint
CREATE INDEX search_vectors_text ON search_vectors USING gin (user_id, vector);--> statement-breakpoint
-- Which records a statement touched, one row a statement; the indexer takes them away.
CREATE TABLE search_backlog (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  record_ids text[] NOT NULL
);--> statement-breakpoint
CREATE FUNCTION note_for_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_backlog (kind, record_ids)
  SELECT TG_ARGV[0], array_agg(id) FROM touched HAVING count(*) > 0;
  RETURN NULL;
END
$$;--> statement-breakpoint
CREATE TRIGGER contacts_search_insert AFTER INSERT ON contacts REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('contact');--> statement-breakpoint
CREATE TRIGGER contacts_search_update AFTER UPDATE ON contacts REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('contact');--> statement-breakpoint
CREATE TRIGGER contacts_search_delete AFTER DELETE ON contacts REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('contact');--> statement-breakpoint
CREATE TRIGGER calendar_events_search_insert AFTER INSERT ON calendar_events REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('calendar_event');--> statement-breakpoint
CREATE TRIGGER calendar_events_search_update AFTER UPDATE ON calendar_events REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('calendar_event');--> statement-breakpoint
CREATE TRIGGER calendar_events_search_delete AFTER DELETE ON calendar_events REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('calendar_event');--> statement-breakpoint
CREATE TRIGGER tasks_search_insert AFTER INSERT ON tasks REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('task');--> statement-breakpoint
CREATE TRIGGER tasks_search_update AFTER UPDATE ON tasks REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('task');--> statement-breakpoint
CREATE TRIGGER tasks_search_delete AFTER DELETE ON tasks REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('task');--> statement-breakpoint
CREATE TRIGGER documents_search_insert AFTER INSERT ON documents REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('document');--> statement-breakpoint
CREATE TRIGGER documents_search_update AFTER UPDATE ON documents REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('document');--> statement-breakpoint
CREATE TRIGGER documents_search_delete AFTER DELETE ON documents REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_search('document');
