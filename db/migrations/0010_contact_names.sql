ALTER TABLE "contacts" ADD COLUMN "sort_name" text COLLATE "und-x-icu" GENERATED ALWAYS AS (left(coalesce(
  nullif(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''),
  nullif(btrim(company), ''), nullif(btrim(email), ''), nullif(btrim(phone), ''), U&'\FFFF'), 200)) STORED;--> statement-breakpoint
CREATE INDEX "contacts_by_name" ON "contacts" USING btree ("workspace_id","user_id","sort_name","id");