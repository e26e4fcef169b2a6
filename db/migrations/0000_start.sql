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
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_keys_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"target" text NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"workspace_id" text NOT NULL,
	"actor" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" smallint,
	"body" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_workspace_id_actor_key_pk" PRIMARY KEY("workspace_id","actor","key")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sessions_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sign_in_links" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "collections" (
	"id" text PRIMARY KEY NOT NULL,
	"integration_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"name" text NOT NULL,
	"color" text,
	"is_primary" boolean DEFAULT false NOT NULL,
	"subscribed" boolean NOT NULL,
	"missing_since" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"integration_id" text PRIMARY KEY NOT NULL,
	"grant_key" text NOT NULL,
	"key_id" text NOT NULL,
	"sealed" text NOT NULL,
	"expires_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"scopes" jsonb,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "integration_events" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "integration_events_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"integration_id" text NOT NULL,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "integrations" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"provider" text NOT NULL,
	"auth_kind" text NOT NULL,
	"account_id" text,
	"account_name" text,
	"account_email" text,
	"phase" text DEFAULT 'connecting' NOT NULL,
	"auto_sync" boolean DEFAULT true NOT NULL,
	"interval_seconds" integer DEFAULT 300 NOT NULL,
	"sync_direction" text,
	"conflict_policy" text,
	"generation" integer DEFAULT 0 NOT NULL,
	"dirty" boolean DEFAULT false NOT NULL,
	"attention" jsonb,
	"next_sync_at" timestamp with time zone,
	"last_succeeded_at" timestamp with time zone,
	"deleting_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "listing_marks" (
	"integration_id" text NOT NULL,
	"listing_id" text NOT NULL,
	"stream" text NOT NULL,
	"collection_id" text NOT NULL,
	"page" integer NOT NULL,
	"remote_ids" text[] NOT NULL,
	CONSTRAINT "listing_marks_integration_id_listing_id_stream_collection_id_page_pk" PRIMARY KEY("integration_id","listing_id","stream","collection_id","page")
);
--> statement-breakpoint
CREATE TABLE "oauth_attempts" (
	"id" text PRIMARY KEY NOT NULL,
	"integration_id" text NOT NULL,
	"purpose" text NOT NULL,
	"state_hash" text NOT NULL,
	"hop_hash" text NOT NULL,
	"browser_hash" text,
	"session_id" text,
	"key_id" text NOT NULL,
	"sealed_verifier" text NOT NULL,
	"sealed_code" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "oauth_attempts_state_hash_unique" UNIQUE("state_hash"),
	CONSTRAINT "oauth_attempts_hop_hash_unique" UNIQUE("hop_hash")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"integration_id" text NOT NULL,
	"operation_id" text NOT NULL,
	"mode" text NOT NULL,
	"trigger" text NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"generation" integer,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"read" integer DEFAULT 0 NOT NULL,
	"created" integer DEFAULT 0 NOT NULL,
	"updated" integer DEFAULT 0 NOT NULL,
	"deleted" integer DEFAULT 0 NOT NULL,
	"unchanged" integer DEFAULT 0 NOT NULL,
	"pushed" integer DEFAULT 0 NOT NULL,
	"conflicts" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"error" jsonb,
	"workflow_id" text NOT NULL,
	"workflow_run_id" text
);
--> statement-breakpoint
CREATE TABLE "stream_cursors" (
	"integration_id" text NOT NULL,
	"stream" text NOT NULL,
	"collection_id" text DEFAULT '' NOT NULL,
	"cursor" text,
	"listing_id" text,
	"listing_run_id" text,
	"listing_kind" text,
	"listing_position" text,
	"listing_pages" integer DEFAULT 0 NOT NULL,
	"listing_done" integer DEFAULT 0 NOT NULL,
	"listing_started_at" timestamp with time zone,
	"listing_marks" boolean DEFAULT false NOT NULL,
	"sweep_listing_id" text,
	"full_listed_at" timestamp with time zone,
	"completed_run_id" text,
	"record_count" integer DEFAULT 0 NOT NULL,
	"dirty" boolean DEFAULT false NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stream_cursors_integration_id_stream_collection_id_pk" PRIMARY KEY("integration_id","stream","collection_id")
);
--> statement-breakpoint
CREATE TABLE "watches" (
	"id" text PRIMARY KEY NOT NULL,
	"integration_id" text NOT NULL,
	"collection_id" text NOT NULL,
	"resource_id" text,
	"token_hash" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_inbox" (
	"provider" text NOT NULL,
	"delivery_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_inbox_provider_delivery_id_integration_id_pk" PRIMARY KEY("provider","delivery_id","integration_id")
);
--> statement-breakpoint
CREATE TABLE "provider_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"blocked_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "calendar_events" (
	"id" text NOT NULL,
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"collection_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"etag" text,
	"content_hash" text NOT NULL,
	"remote_updated_at" timestamp with time zone,
	"raw" json NOT NULL,
	"title" text,
	"description" text,
	"location" text,
	"start" json,
	"end_time" json,
	"starts_at" timestamp with time zone,
	"ends_at" timestamp with time zone,
	"status" text NOT NULL,
	"recurrence" text[],
	"series_remote_id" text,
	"original_start" json,
	"url" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "calendar_events_collection_id_remote_id_pk" PRIMARY KEY("collection_id","remote_id"),
	CONSTRAINT "calendar_events_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "contact_links" (
	"integration_id" text NOT NULL,
	"stream" text NOT NULL,
	"remote_id" text NOT NULL,
	"etag" text,
	"content_hash" text NOT NULL,
	"remote_updated_at" timestamp with time zone,
	"shadow" json NOT NULL,
	"seen_by_run" text NOT NULL,
	"contact_id" text,
	"local_version" integer,
	"mapping_version" integer DEFAULT 1 NOT NULL,
	"superseded_etags" text[],
	"base" jsonb,
	"op_id" text,
	"op_state" text,
	"tombstoned_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_links_integration_id_remote_id_pk" PRIMARY KEY("integration_id","remote_id")
);
--> statement-breakpoint
CREATE TABLE "contact_lists" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"etag" text,
	"content_hash" text NOT NULL,
	"remote_updated_at" timestamp with time zone,
	"raw" json NOT NULL,
	"name" text NOT NULL,
	"system" boolean NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"first_name" text,
	"last_name" text,
	"job_title" text,
	"company" text,
	"department" text,
	"email" text,
	"phone" text,
	"address" text,
	"birthday" text,
	"website" text,
	"notes" text,
	"version" integer DEFAULT 1 NOT NULL,
	"archived_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"integration_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"etag" text,
	"content_hash" text NOT NULL,
	"remote_updated_at" timestamp with time zone,
	"raw" json NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"active" boolean NOT NULL,
	"mapped_user_id" text,
	"match" text,
	"mapped_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "task_comments" (
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
	"task_remote_id" text NOT NULL,
	"author_remote_id" text,
	"body" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "task_writes" (
	"id" text PRIMARY KEY NOT NULL,
	"integration_id" text NOT NULL,
	"task_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"request" jsonb NOT NULL,
	"state" text DEFAULT 'planned' NOT NULL,
	"refusal" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tasks" (
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
	"identifier" text,
	"title" text NOT NULL,
	"description" text,
	"state" text,
	"state_category" text,
	"priority" integer,
	"assignee_remote_id" text,
	"project_name" text,
	"labels" text[] NOT NULL,
	"due_on" text,
	"url" text,
	"archived" boolean NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_links" ADD CONSTRAINT "sign_in_links_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "integration_events" ADD CONSTRAINT "integration_events_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "integrations" ADD CONSTRAINT "integrations_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "integrations" ADD CONSTRAINT "integrations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listing_marks" ADD CONSTRAINT "listing_marks_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_attempts" ADD CONSTRAINT "oauth_attempts_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stream_cursors" ADD CONSTRAINT "stream_cursors_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watches" ADD CONSTRAINT "watches_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_inbox" ADD CONSTRAINT "webhook_inbox_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_mapped_user_id_users_id_fk" FOREIGN KEY ("mapped_user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_writes" ADD CONSTRAINT "task_writes_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "documents_remote" ON "documents" USING btree ("integration_id","remote_id");--> statement-breakpoint
CREATE INDEX "documents_collection" ON "documents" USING btree ("collection_id","remote_id");--> statement-breakpoint
CREATE INDEX "documents_owner" ON "documents" USING btree ("workspace_id","user_id","remote_updated_at","id");--> statement-breakpoint
CREATE INDEX "audit_log_workspace" ON "audit_log" USING btree ("workspace_id","at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "users_workspace_email" ON "users" USING btree ("workspace_id","email");--> statement-breakpoint
CREATE UNIQUE INDEX "collections_remote" ON "collections" USING btree ("integration_id","remote_id");--> statement-breakpoint
CREATE INDEX "credentials_grant" ON "credentials" USING btree ("grant_key");--> statement-breakpoint
CREATE INDEX "integration_events_integration" ON "integration_events" USING btree ("integration_id","seq");--> statement-breakpoint
CREATE INDEX "integration_events_age" ON "integration_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "integrations_user" ON "integrations" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "integrations_workspace" ON "integrations" USING btree ("workspace_id");--> statement-breakpoint
CREATE UNIQUE INDEX "integrations_fence" ON "integrations" USING btree ("id","generation");--> statement-breakpoint
CREATE UNIQUE INDEX "integrations_account" ON "integrations" USING btree ("user_id","provider","account_id") WHERE account_id is not null and deleting_at is null;--> statement-breakpoint
CREATE INDEX "oauth_attempts_integration" ON "oauth_attempts" USING btree ("integration_id");--> statement-breakpoint
CREATE INDEX "runs_integration" ON "runs" USING btree ("integration_id","started_at");--> statement-breakpoint
CREATE INDEX "watches_integration" ON "watches" USING btree ("integration_id","collection_id");--> statement-breakpoint
CREATE INDEX "webhook_inbox_age" ON "webhook_inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "calendar_events_range" ON "calendar_events" USING btree ("user_id","starts_at");--> statement-breakpoint
CREATE INDEX "calendar_events_series" ON "calendar_events" USING btree ("collection_id","series_remote_id") WHERE series_remote_id is not null;--> statement-breakpoint
CREATE INDEX "contact_links_contact" ON "contact_links" USING btree ("contact_id");--> statement-breakpoint
CREATE UNIQUE INDEX "contact_links_op" ON "contact_links" USING btree ("integration_id","op_id") WHERE op_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "contact_lists_remote" ON "contact_lists" USING btree ("integration_id","remote_id");--> statement-breakpoint
CREATE INDEX "contact_lists_owner" ON "contact_lists" USING btree ("workspace_id","user_id");--> statement-breakpoint
CREATE INDEX "contacts_owner" ON "contacts" USING btree ("workspace_id","user_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "people_remote" ON "people" USING btree ("integration_id","remote_id");--> statement-breakpoint
CREATE INDEX "people_user" ON "people" USING btree ("mapped_user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "task_comments_remote" ON "task_comments" USING btree ("integration_id","remote_id");--> statement-breakpoint
CREATE INDEX "task_comments_collection" ON "task_comments" USING btree ("collection_id");--> statement-breakpoint
CREATE INDEX "task_comments_task" ON "task_comments" USING btree ("integration_id","task_remote_id");--> statement-breakpoint
CREATE INDEX "task_writes_integration" ON "task_writes" USING btree ("integration_id");--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_remote" ON "tasks" USING btree ("integration_id","remote_id");--> statement-breakpoint
CREATE INDEX "tasks_collection" ON "tasks" USING btree ("collection_id");--> statement-breakpoint
CREATE INDEX "tasks_owner" ON "tasks" USING btree ("workspace_id","user_id","remote_updated_at","id");--> statement-breakpoint
CREATE INDEX "tasks_assignee" ON "tasks" USING btree ("integration_id","assignee_remote_id");