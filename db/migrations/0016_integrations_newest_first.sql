DROP INDEX "integrations_workspace";--> statement-breakpoint
CREATE INDEX "integrations_newest" ON "integrations" USING btree ("workspace_id","created_at","id");