CREATE TABLE "contact_conflicts" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"run_id" text NOT NULL,
	"contact_id" text,
	"remote_id" text,
	"kind" text DEFAULT 'value' NOT NULL,
	"field" text,
	"winner" text,
	"local_value" text,
	"remote_value" text,
	"base_local" text,
	"base_remote" text,
	"has_base" boolean DEFAULT false NOT NULL,
	"rule" text,
	"policy" text,
	"candidates" text[],
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp with time zone,
	"resolved_by" text,
	"resolution" text
);
--> statement-breakpoint
CREATE TABLE "contact_journal" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "contact_journal_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"integration_id" text NOT NULL,
	"run_id" text NOT NULL,
	"contact_id" text NOT NULL,
	"remote_id" text,
	"side" text NOT NULL,
	"action" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"rules" jsonb,
	"snapshot" json,
	"undone_by" text,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contact_list_members" (
	"list_id" text NOT NULL,
	"contact_id" text NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_list_members_list_id_contact_id_pk" PRIMARY KEY("list_id","contact_id")
);
--> statement-breakpoint
CREATE TABLE "contact_mappings" (
	"integration_id" text NOT NULL,
	"version" integer NOT NULL,
	"objects" jsonb NOT NULL,
	"fields" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"approved_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_mappings_integration_id_version_pk" PRIMARY KEY("integration_id","version")
);
--> statement-breakpoint
CREATE TABLE "contact_plans" (
	"id" text PRIMARY KEY NOT NULL,
	"integration_id" text NOT NULL,
	"reason" text NOT NULL,
	"status" text DEFAULT 'computing' NOT NULL,
	"sync_direction" text NOT NULL,
	"mapping_version" integer NOT NULL,
	"fingerprint" text,
	"summary" jsonb,
	"review" jsonb,
	"decisions" jsonb,
	"run_id" text,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"applied_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "contact_work" (
	"integration_id" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"touched" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_work_integration_id_kind_key_pk" PRIMARY KEY("integration_id","kind","key")
);
--> statement-breakpoint
CREATE TABLE "contact_writes" (
	"id" text PRIMARY KEY NOT NULL,
	"integration_id" text NOT NULL,
	"run_id" text NOT NULL,
	"object" text DEFAULT 'contact' NOT NULL,
	"record_id" text NOT NULL,
	"remote_id" text,
	"kind" text NOT NULL,
	"state" text DEFAULT 'planned' NOT NULL,
	"local_version" integer NOT NULL,
	"operation" jsonb NOT NULL,
	"snapshot" json,
	"attempts" integer DEFAULT 0 NOT NULL,
	"refused_etags" text[],
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	"settled_at" timestamp with time zone,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "list_links" (
	"integration_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"etag" text,
	"content_hash" text NOT NULL,
	"remote_updated_at" timestamp with time zone,
	"shadow" json NOT NULL,
	"list_id" text,
	"system" boolean NOT NULL,
	"local_version" integer DEFAULT 1 NOT NULL,
	"base_name" text,
	"superseded_etags" text[],
	"acked_at" timestamp with time zone,
	"tombstoned_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "list_links_integration_id_remote_id_pk" PRIMARY KEY("integration_id","remote_id")
);
--> statement-breakpoint
ALTER TABLE "contact_links" ALTER COLUMN "local_version" SET DEFAULT 1;--> statement-breakpoint
UPDATE "contact_links" SET "local_version" = coalesce((SELECT "version" FROM "contacts" WHERE "id" = "contact_id"), 1);--> statement-breakpoint
ALTER TABLE "contact_links" ALTER COLUMN "local_version" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "approved_direction" text;--> statement-breakpoint
UPDATE "integrations" SET "approved_direction" = "sync_direction";--> statement-breakpoint
ALTER TABLE "contact_links" ADD COLUMN "acked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "contact_links" ADD COLUMN "parked" jsonb;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "custom_fields" jsonb;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "edited_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "contact_mappings" ADD CONSTRAINT "contact_mappings_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contact_plans" ADD CONSTRAINT "contact_plans_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contact_conflicts_owner" ON "contact_conflicts" USING btree ("workspace_id","user_id","id");--> statement-breakpoint
CREATE INDEX "contact_conflicts_open" ON "contact_conflicts" USING btree ("integration_id") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "contact_conflicts_contact" ON "contact_conflicts" USING btree ("contact_id");--> statement-breakpoint
CREATE INDEX "contact_journal_run" ON "contact_journal" USING btree ("run_id","seq");--> statement-breakpoint
CREATE INDEX "contact_journal_contact" ON "contact_journal" USING btree ("contact_id","seq");--> statement-breakpoint
CREATE INDEX "contact_journal_integration" ON "contact_journal" USING btree ("integration_id","at");--> statement-breakpoint
CREATE INDEX "contact_list_members_contact" ON "contact_list_members" USING btree ("contact_id");--> statement-breakpoint
CREATE INDEX "contact_plans_integration" ON "contact_plans" USING btree ("integration_id","created_at");--> statement-breakpoint
CREATE INDEX "contact_work_due" ON "contact_work" USING btree ("integration_id","due_at");--> statement-breakpoint
CREATE UNIQUE INDEX "contact_writes_open" ON "contact_writes" USING btree ("integration_id","object","record_id") WHERE state in ('planned', 'sent', 'unknown');--> statement-breakpoint
CREATE INDEX "contact_writes_due" ON "contact_writes" USING btree ("integration_id","due_at") WHERE state in ('planned', 'sent', 'unknown');--> statement-breakpoint
CREATE INDEX "contact_writes_run" ON "contact_writes" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "list_links_list" ON "list_links" USING btree ("list_id");--> statement-breakpoint
CREATE INDEX "contact_links_parked" ON "contact_links" USING btree ("integration_id") WHERE parked is not null;--> statement-breakpoint
DROP INDEX "contact_links_op";--> statement-breakpoint
ALTER TABLE "contact_links" DROP COLUMN "op_id";--> statement-breakpoint
ALTER TABLE "contact_links" DROP COLUMN "op_state";
