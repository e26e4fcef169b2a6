/** What a first two-way sync, a change or a parked run would do on each side, to be seen before it is done. */
import { z } from 'zod';
import { syncAccepted, syncDirection } from './integration.ts';
import { instant } from './shape.ts';

export const planStatus = z.enum([
  'computing',
  'ready',
  'applying',
  'applied',
  'stale',
  'rejected',
  'failed',
]);

const sideCounts = z.object({ created: z.int(), updated: z.int(), deleted: z.int() });

export const planCounts = z
  .object({
    harmony: sideCounts.meta({ description: 'Contacts of Harmony; deleted ones are archived' }),
    provider: sideCounts,
    linked: z.int().meta({ description: 'Pairs that are the same person and will be tied' }),
    unlinked: z.int(),
    parked: z.int().meta({ description: 'Left as they are until a person decides' }),
    conflicts: z.int().meta({ description: 'Values that give way; logged and restorable' }),
  })
  .meta({ id: 'PlanCounts' });

export const planSample = z
  .object({
    side: z.enum(['harmony', 'provider', 'none']),
    action: z.enum(['create', 'update', 'restore', 'delete', 'link', 'unlink', 'park']),
    contactId: z.string().nullable(),
    remoteId: z.string().nullable(),
    name: z.string().meta({ description: 'Of the person, for a person to recognise' }),
    fields: z
      .record(z.string(), z.string().nullable())
      .meta({ description: 'The values that would be written' }),
    reason: z.string().nullable(),
  })
  .meta({ id: 'PlanSample' });

const listSideCounts = z.object({
  created: z.int(),
  updated: z.int().meta({ description: 'Renamed, or brought back from the archive' }),
  deleted: z.int(),
  membersAdded: z.int().meta({ description: 'Contacts that come onto lists; one counts for each list' }),
  membersRemoved: z.int(),
});

export const planListSample = z
  .object({
    side: z.enum(['harmony', 'provider', 'none']),
    action: z.enum([
      ...(['create', 'rename', 'restore', 'delete', 'tie', 'park'] as const),
      ...(['add_members', 'remove_members'] as const),
    ]),
    name: z.string().meta({ description: 'As it is called on that side now' }),
    newName: z.string().optional().meta({ description: 'As it would be called' }),
    members: z.int().optional().meta({ description: 'How many contacts come onto it, or leave it' }),
  })
  .meta({ id: 'PlanListSample' });

export const planLists = z
  .object({
    harmony: listSideCounts.meta({ description: 'Lists of Harmony; deleted ones are archived' }),
    provider: listSideCounts.meta({ description: "The provider's groups" }),
    tied: z.int().meta({ description: 'Lists that take up the group of their name' }),
    parked: z.int().meta({ description: 'Left as they are until a person decides' }),
    conflicts: z.int().meta({ description: 'Names that give way' }),
    samples: z.array(planListSample),
  })
  .meta({
    id: 'PlanLists',
    description: 'What it would do to lists, to the groups at the provider, and to who is on them',
  });

const candidate = z.object({ id: z.string(), name: z.string(), email: z.string().nullable() });

export const planReview = z
  .object({
    contacts: z.array(candidate).meta({ description: "Harmony's contacts" }),
    remotes: z.array(candidate).meta({ description: "The provider's, by remoteId" }),
  })
  .meta({ id: 'PlanReview', description: 'Could be the same people, in more than one way' });

export const planDecision = z
  .strictObject({
    contactId: z.string().max(80).nullable(),
    remoteId: z.string().max(200).nullable(),
  })
  .refine(({ contactId, remoteId }) => contactId !== null || remoteId !== null, {
    message: 'Name a contact, a remote contact, or both.',
  })
  .meta({
    id: 'PlanDecision',
    description:
      'Both: they are the same person and are tied. One of them with null: it has no counterpart and is created on the other side, but for a contact that a person kept from deletes, which stays in Harmony alone',
  });

export const plan = z
  .object({
    id: z.string().meta({ example: 'pln_019abc' }),
    integrationId: z.string(),
    reason: z.enum(['first_two_way', 'direction', 'mapping', 'parked_run']),
    status: planStatus,
    syncDirection,
    mappingVersion: z.int(),
    runId: z.string().optional().meta({ description: 'The parked run that it is about' }),
    counts: planCounts.optional().meta({ description: 'From status ready on' }),
    samples: z.array(planSample).optional(),
    lists: planLists.optional().meta({
      description:
        'With `counts`; not in the plan that a parked run leaves by itself, which shows its deletes alone',
    }),
    review: z.array(planReview).optional(),
    decisions: z.array(planDecision).optional(),
    error: z.string().optional(),
    createdAt: instant,
    appliedAt: instant.optional(),
  })
  .meta({ id: 'Plan' });

export const createPlan = z
  .strictObject({
    syncDirection: syncDirection
      .optional()
      .meta({ description: 'Default: what is pending (a parked run, a mapping, a direction)' }),
  })
  .meta({ id: 'CreatePlan' });

export const applyPlan = z
  .strictObject({
    decisions: z
      .array(planDecision)
      .max(5000)
      .default([])
      .meta({ description: 'On the groups under review; the others stay parked' }),
  })
  .meta({ id: 'ApplyPlan' });

export const appliedPlan = z.object({ plan, ...syncAccepted.partial().shape }).meta({
  id: 'AppliedPlan',
  description:
    'With the run that carries it out; without where the workflow engine did not answer, and the next run does',
});

export type Plan = z.infer<typeof plan>;
export type PlanSample = z.infer<typeof planSample>;
export type PlanLists = z.infer<typeof planLists>;
export type PlanListSample = z.infer<typeof planListSample>;
export type PlanReview = z.infer<typeof planReview>;
export type PlanDecision = z.infer<typeof planDecision>;
export type AppliedPlan = z.infer<typeof appliedPlan>;
