CREATE TABLE "documents" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"collection_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"etag" text,
	"content_hash" text NOT NULL,
	"remote_updated_at" timestamp with time zone,
	"raw" json NOT NULL,
	"text_hash" text NOT NULL,
	"title" text NOT NULL,
	"content" text NOT NULL,
	"properties" jsonb NOT NULL,
	"url" text,
	"hidden_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "provider_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"blocked_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "documents_remote" ON "documents" USING btree ("integration_id","remote_id");--> statement-breakpoint
CREATE INDEX "documents_collection" ON "documents" USING btree ("collection_id","remote_id");--> statement-breakpoint
CREATE INDEX "documents_owner" ON "documents" USING btree ("workspace_id","user_id","id");