DROP INDEX "task_comments_remote";--> statement-breakpoint
DROP INDEX "task_comments_collection";--> statement-breakpoint
DROP INDEX "tasks_remote";--> statement-breakpoint
DROP INDEX "tasks_collection";--> statement-breakpoint
DROP INDEX "tasks_assignee";--> statement-breakpoint
ALTER TABLE "task_comments" DROP CONSTRAINT "task_comments_pkey";--> statement-breakpoint
ALTER TABLE "tasks" DROP CONSTRAINT "tasks_pkey";--> statement-breakpoint
ALTER TABLE "task_comments" ADD CONSTRAINT "task_comments_integration_id_remote_id_pk" PRIMARY KEY("integration_id","remote_id");--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_integration_id_remote_id_pk" PRIMARY KEY("integration_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_id" ON "tasks" USING btree ("id");
