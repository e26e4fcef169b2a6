/** Choices in a list: shown at once, sent one after another in the order of the clicks, gone again where the server refuses. */
import {
  type MutationKey,
  type QueryKey,
  useMutation,
  useMutationState,
  useQueryClient,
} from '@tanstack/react-query';
import { useNotices } from '../ui/notices.tsx';

/**
 * The list as the person has set it: choices that are not answered yet lie over whatever list came in meanwhile, so that no
 * list undoes a click on the screen, nor what is pressed next by what it shows. `choose` gives the item with the choice, or
 * as it is where the choice is of another.
 */
export function useWithChoices<Item, Choice>(
  list: readonly Item[] | undefined,
  { mutationKey, choose }: { mutationKey: MutationKey; choose: (item: Item, choice: Choice) => Item },
): readonly Item[] | undefined {
  const waiting = useMutationState({
    filters: { mutationKey, status: 'pending' },
    select: ({ state }) => state.variables as Choice,
  });
  return list?.map((item) => waiting.reduce(choose, item));
}

interface Sending<Item, Choice, Answer> {
  readonly mutationKey: MutationKey;
  /** Of the list. */
  readonly queryKey: QueryKey;
  readonly send: (choice: Choice) => Promise<Answer>;
  /** The item as the server has it now, or as it is where the answer is about another. */
  readonly store: (item: Item, answer: Answer, choice: Choice) => Item;
  readonly onStored?: (answer: Answer, choice: Choice) => void;
  /** Every choice is answered. */
  readonly onAllAnswered?: () => void;
}

export function useChoice<Item, Choice, Answer>(of: Sending<Item, Choice, Answer>) {
  const { mutationKey, queryKey, send, store, onStored, onAllAnswered } = of;
  const client = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationKey,
    scope: { id: mutationKey.join() },
    mutationFn: send,
    onSuccess: async (answer, choice) => {
      // A list that was asked for before this answer may not know of it.
      await client.cancelQueries({ queryKey }, { revert: false });
      client.setQueryData<readonly Item[]>(queryKey, (list) =>
        list?.map((item) => store(item, answer, choice)),
      );
      onStored?.(answer, choice);
    },
    onError: notices.tellProblem,
    onSettled: () => {
      if (client.isMutating({ mutationKey }) > 1) return;
      void client.invalidateQueries({ queryKey });
      onAllAnswered?.();
    },
  });
}
