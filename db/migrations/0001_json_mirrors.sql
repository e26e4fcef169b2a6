ALTER TABLE "calendar_events" ALTER COLUMN "raw" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "contact_links" ALTER COLUMN "shadow" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "contact_lists" ALTER COLUMN "raw" SET DATA TYPE json;