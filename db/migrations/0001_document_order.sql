DROP INDEX "documents_owner";--> statement-breakpoint
CREATE INDEX "documents_owner" ON "documents" USING btree ("workspace_id","user_id","remote_updated_at","id");