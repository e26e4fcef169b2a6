-- Which remote contact may be which contact; see db/queries/contact-matching.ts. Equal values, as sync/contact-fields.ts
-- compares them, have equal keys here; equal keys need not be equal values. Functions are no part of db/schema.
-- The one on keys takes its place.
DROP INDEX "contact_links_unlinked";--> statement-breakpoint
CREATE FUNCTION match_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Most values are plain, which is told much faster than they are rewritten.
  SELECT CASE WHEN value COLLATE "C" ~ '^[!-~]*$' THEN lower(value COLLATE "C")
    ELSE regexp_replace(lower(normalize(value, NFKD) COLLATE "C"), '[^!-~]+', '', 'g') END
$$;--> statement-breakpoint
CREATE FUNCTION match_email(email text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN email <> '' THEN 'e' || public.match_text(email) END
$$;--> statement-breakpoint
CREATE FUNCTION match_phone(phone text, first_name text, last_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN phone <> '' AND coalesce(first_name, '') || coalesce(last_name, '') <> '' THEN
 'p' || regexp_replace(normalize(phone, NFKD) COLLATE "C", '[^0-9]+', '', 'g') || '/'
      || public.match_text(coalesce(first_name, '') || coalesce(last_name, '')) END
$$;--> statement-breakpoint
-- Texts of one subfield of a list of a remote contact.
CREATE FUNCTION remote_values(shadow json, list text, subfield text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT element ->> subfield FROM json_array_elements(
    CASE WHEN json_typeof(shadow -> list) = 'array' THEN shadow -> list ELSE '[]' END) element
  WHERE json_typeof(element) = 'object' AND json_typeof(element -> subfield) = 'string'
$$;--> statement-breakpoint
-- The cost keeps the planner from working it out row by row. A loop, since a query within would take three times as long.
CREATE FUNCTION remote_match_keys(shadow json) RETURNS text[] LANGUAGE plpgsql IMMUTABLE COST 10000 AS $$
DECLARE
  keys text[] := '{}';
  list json := shadow -> 'emailAddresses';
  first_name text := shadow #>> '{names,0,givenName}';
  last_name text := shadow #>> '{names,0,familyName}';
BEGIN
  IF json_typeof(list) = 'array' THEN
    FOR i IN 0 .. json_array_length(list) - 1 LOOP
      keys := keys || public.match_email(list -> i ->> 'value');
    END LOOP;
  END IF;
  list := shadow -> 'phoneNumbers';
  IF json_typeof(list) = 'array' THEN
    FOR i IN 0 .. json_array_length(list) - 1 LOOP
      keys := keys || public.match_phone(list -> i ->> 'value', first_name, last_name);
    END LOOP;
  END IF;
  RETURN array_remove(keys, NULL);
END
$$;--> statement-breakpoint
CREATE INDEX contacts_match_email ON contacts (user_id, match_email(email)) WHERE email <> '';--> statement-breakpoint
CREATE INDEX contacts_match_phone ON contacts (user_id, match_phone(phone, first_name, last_name)) WHERE phone <> '';--> statement-breakpoint
CREATE INDEX contact_links_match ON contact_links USING gin (integration_id, remote_match_keys(shadow))
WITH (fastupdate = off) WHERE contact_id IS NULL AND tombstoned_at IS NULL;
