/** What the control surface takes: the fields of Linear's own inputs. */
import { z } from 'zod';
import { parseControl } from '../../control/control-error.ts';

/** Fields that may be absent but never undefined. */
type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The body as the schema has it. Throws ControlError 400. JSON knows no undefined, so what is there has a value. */
export function parseBody<T extends object>(schema: z.ZodType<T>, body: unknown): Present<T> {
  return parseControl(schema, body) as Present<T>;
}

const issueFields = {
  title: z.string(),
  description: z.string().nullable(),
  priority: z.int().min(0).max(4),
  estimate: z.int().nullable(),
  stateId: z.string(),
  assigneeId: z.string().nullable(),
  projectId: z.string().nullable(),
  labelIds: z.array(z.string()),
  parentId: z.string().nullable(),
  dueDate: z.iso.date().nullable(),
  teamId: z.string(),
};

export const issueBody = z.strictObject({
  ...z.object(issueFields).partial().shape,
  id: z.string().optional(),
  title: z.string(),
  createdAt: z.iso.datetime().optional(),
});

export const issuePatch = z.strictObject({
  ...z.object(issueFields).partial().shape,
  archived: z.boolean().optional(),
  trashed: z.boolean().optional(),
});

export const commentBody = z.strictObject({
  id: z.string().optional(),
  issueId: z.string(),
  body: z.string(),
  parentId: z.string().optional(),
});

const memberFields = {
  displayName: z.string(),
  active: z.boolean(),
  admin: z.boolean(),
  guest: z.boolean(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  timezone: z.string().nullable(),
  teamIds: z.array(z.string()),
};

const email = z.email().transform((text) => text.toLowerCase());

export const memberBody = z.strictObject({
  ...z.object(memberFields).partial().shape,
  name: z.string(),
  email,
});

export const memberPatch = z.strictObject({
  ...z.object(memberFields).partial().shape,
  name: z.string().optional(),
  email: email.optional(),
});

export const teamBody = z.strictObject({
  name: z.string(),
  key: z
    .string()
    .regex(/^[A-Z][A-Z0-9]{0,6}$/)
    .optional(),
  description: z.string().nullable().optional(),
  color: z.string().optional(),
});

export const teamPatch = teamBody.omit({ key: true }).partial();

export const keyBody = z.strictObject({
  label: z.string().optional(),
  /** A member's id or e-mail; default the first member. */
  member: z.string().optional(),
});
