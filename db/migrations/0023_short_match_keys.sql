-- Keys are no longer than an index takes (some 2,700 bytes an entry), whatever a provider brings: what has the first 500
-- characters in common shares a key, and is compared by its whole value where it matters, as before. The indexes are built
-- anew, since long values had other keys: 5 s for 100,000 contacts and links, some 50 s for 1,000,000, in which all that
-- reads or writes contacts waits.
CREATE OR REPLACE FUNCTION match_email(email text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN email <> '' THEN 'e' || left(public.match_text(email), 500) END
$$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION match_phone(phone text, first_name text, last_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN phone <> '' AND coalesce(first_name, '') || coalesce(last_name, '') <> '' THEN
 'p' || left(regexp_replace(normalize(phone, NFKD) COLLATE "C", '[^0-9]+', '', 'g') || '/'
      || public.match_text(coalesce(first_name, '') || coalesce(last_name, '')), 500) END
$$;--> statement-breakpoint
REINDEX INDEX contact_links_match;--> statement-breakpoint
REINDEX INDEX contacts_match_email;--> statement-breakpoint
REINDEX INDEX contacts_match_phone;
