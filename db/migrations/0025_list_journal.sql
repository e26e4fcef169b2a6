CREATE TABLE "list_journal" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "list_journal_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"integration_id" text NOT NULL,
	"run_id" text NOT NULL,
	"list_id" text NOT NULL,
	"contact_id" text,
	"side" text NOT NULL,
	"action" text NOT NULL,
	"before" text,
	"after" text,
	"undone_by" text,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "list_journal_run" ON "list_journal" USING btree ("run_id","contact_id");--> statement-breakpoint
CREATE INDEX "list_journal_integration" ON "list_journal" USING btree ("integration_id");