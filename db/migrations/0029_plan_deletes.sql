CREATE TABLE "contact_plan_deletes" (
	"plan_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"contact_id" text NOT NULL,
	"side" text NOT NULL,
	CONSTRAINT "contact_plan_deletes_plan_id_remote_id_pk" PRIMARY KEY("plan_id","remote_id")
);
--> statement-breakpoint
ALTER TABLE "contact_plan_deletes" ADD CONSTRAINT "contact_plan_deletes_plan_id_contact_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."contact_plans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- They do not say who goes, so that they are made anew.
UPDATE "contact_plans" SET "status" = 'stale' WHERE "reason" = 'parked_run' AND "status" IN ('computing', 'ready');
