CREATE TABLE "grant_leases" (
	"key" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"held_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "contact_links" ADD COLUMN "returned_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "contact_links_unlinked" ON "contact_links" USING btree ("integration_id") WHERE contact_id is null and tombstoned_at is null;