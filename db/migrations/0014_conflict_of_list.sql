ALTER TABLE "contact_conflicts" ADD COLUMN "list_id" text;--> statement-breakpoint
-- Those that are there: their ids end in the list's.
UPDATE "contact_conflicts" SET "list_id" = 'lst_' || substring("id" from '[^_]+$') WHERE "kind" IN ('lists_held_back', 'list_name_taken');
