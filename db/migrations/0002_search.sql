-- Full text over what Harmony reads. The columns are not in db/schema: no read of records wants them (docs/decisions).
CREATE EXTENSION IF NOT EXISTS unaccent;--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS btree_gin;--> statement-breakpoint
-- Lower case, without accents, and with blanks for what joins words in addresses and names.
CREATE FUNCTION search_text(VARIADIC parts text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT translate(lower(public.unaccent('public.unaccent', array_to_string(parts, ' '))), '@./_-:+#''', '         ')
$$;--> statement-breakpoint
-- A changed text is not indexed until search_index comes by; see db/queries/search-index.ts.
CREATE FUNCTION forget_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search := NULL;
  RETURN NEW;
END
$$;--> statement-breakpoint
ALTER TABLE contacts ADD COLUMN search tsvector;--> statement-breakpoint
CREATE INDEX contacts_search ON contacts USING gin (user_id, search) WHERE search IS NOT NULL;--> statement-breakpoint
CREATE INDEX contacts_unsearched ON contacts (user_id) WHERE search IS NULL;--> statement-breakpoint
CREATE TRIGGER contacts_forget_search BEFORE UPDATE ON contacts FOR EACH ROW
  WHEN (OLD.search IS NOT NULL AND (OLD.first_name, OLD.last_name, OLD.job_title, OLD.company, OLD.department, OLD.email, OLD.phone, OLD.address, OLD.website, OLD.notes) IS DISTINCT FROM (NEW.first_name, NEW.last_name, NEW.job_title, NEW.company, NEW.department, NEW.email, NEW.phone, NEW.address, NEW.website, NEW.notes))
  EXECUTE FUNCTION forget_search();--> statement-breakpoint
ALTER TABLE calendar_events ADD COLUMN search tsvector;--> statement-breakpoint
CREATE INDEX calendar_events_search ON calendar_events USING gin (user_id, search) WHERE search IS NOT NULL;--> statement-breakpoint
CREATE INDEX calendar_events_unsearched ON calendar_events (user_id) WHERE search IS NULL;--> statement-breakpoint
CREATE TRIGGER calendar_events_forget_search BEFORE UPDATE ON calendar_events FOR EACH ROW
  WHEN (OLD.search IS NOT NULL AND (OLD.title, OLD.description, OLD.location) IS DISTINCT FROM (NEW.title, NEW.description, NEW.location))
  EXECUTE FUNCTION forget_search();--> statement-breakpoint
ALTER TABLE tasks ADD COLUMN search tsvector;--> statement-breakpoint
CREATE INDEX tasks_search ON tasks USING gin (user_id, search) WHERE search IS NOT NULL;--> statement-breakpoint
CREATE INDEX tasks_unsearched ON tasks (user_id) WHERE search IS NULL;--> statement-breakpoint
CREATE TRIGGER tasks_forget_search BEFORE UPDATE ON tasks FOR EACH ROW
  WHEN (OLD.search IS NOT NULL AND (OLD.identifier, OLD.title, OLD.description, OLD.project_name, OLD.labels) IS DISTINCT FROM (NEW.identifier, NEW.title, NEW.description, NEW.project_name, NEW.labels))
  EXECUTE FUNCTION forget_search();--> statement-breakpoint
ALTER TABLE documents ADD COLUMN search tsvector;--> statement-breakpoint
CREATE INDEX documents_search ON documents USING gin (user_id, search) WHERE search IS NOT NULL;--> statement-breakpoint
CREATE INDEX documents_unsearched ON documents (user_id) WHERE search IS NULL;--> statement-breakpoint
CREATE TRIGGER documents_forget_search BEFORE UPDATE ON documents FOR EACH ROW
  WHEN (OLD.search IS NOT NULL AND (OLD.title, OLD.content, OLD.properties) IS DISTINCT FROM (NEW.title, NEW.content, NEW.properties))
  EXECUTE FUNCTION forget_search();
