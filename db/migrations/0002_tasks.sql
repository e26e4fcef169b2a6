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
ALTER TABLE "people" ADD CONSTRAINT "people_mapped_user_id_users_id_fk" FOREIGN KEY ("mapped_user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_writes" ADD CONSTRAINT "task_writes_integration_id_integrations_id_fk" FOREIGN KEY ("integration_id") REFERENCES "public"."integrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
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