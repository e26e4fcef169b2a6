ALTER TABLE "contact_work" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "list_links" ADD COLUMN "takes_members" boolean DEFAULT true NOT NULL;--> statement-breakpoint
-- Those that are there: a listing brings nothing of a group that did not change.
UPDATE "list_links" SET "takes_members" = false WHERE "system" AND "remote_id" NOT IN ('contactGroups/myContacts', 'contactGroups/starred');
