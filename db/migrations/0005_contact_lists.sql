DROP INDEX "contact_lists_remote";--> statement-breakpoint
DROP INDEX "contact_lists_owner";--> statement-breakpoint
ALTER TABLE "contact_lists" ALTER COLUMN "system" SET DEFAULT false;--> statement-breakpoint
ALTER TABLE "list_links" ADD COLUMN "remote_name" text NOT NULL;--> statement-breakpoint
ALTER TABLE "contact_lists" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "contact_lists" ADD COLUMN "edited_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "contact_lists" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "contact_lists" ADD COLUMN "created_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_log_target" ON "audit_log" USING btree ("target","at");--> statement-breakpoint
CREATE INDEX "contact_lists_owner" ON "contact_lists" USING btree ("workspace_id","user_id","id");--> statement-breakpoint
INSERT INTO "list_links" ("integration_id", "remote_id", "etag", "content_hash", "remote_updated_at", "shadow", "remote_name", "list_id", "system", "base_name")
SELECT "integration_id", "remote_id", "etag", "content_hash", "remote_updated_at", "raw", "name", "id", "system", "name" FROM "contact_lists";--> statement-breakpoint
INSERT INTO "contact_list_members" ("list_id", "contact_id")
SELECT DISTINCT l."list_id", c."contact_id" FROM "contact_links" c
CROSS JOIN LATERAL json_array_elements(CASE WHEN json_typeof(c."shadow" -> 'memberships') = 'array' THEN c."shadow" -> 'memberships' ELSE '[]' END) m
JOIN "list_links" l ON l."integration_id" = c."integration_id" AND l."remote_id" = m -> 'contactGroupMembership' ->> 'contactGroupResourceName'
WHERE c."contact_id" IS NOT NULL AND c."tombstoned_at" IS NULL;--> statement-breakpoint
ALTER TABLE "contact_lists" DROP COLUMN "integration_id";--> statement-breakpoint
ALTER TABLE "contact_lists" DROP COLUMN "remote_id";--> statement-breakpoint
ALTER TABLE "contact_lists" DROP COLUMN "etag";--> statement-breakpoint
ALTER TABLE "contact_lists" DROP COLUMN "content_hash";--> statement-breakpoint
ALTER TABLE "contact_lists" DROP COLUMN "remote_updated_at";--> statement-breakpoint
ALTER TABLE "contact_lists" DROP COLUMN "raw";