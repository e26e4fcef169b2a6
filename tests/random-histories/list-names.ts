/**
 * Invariant 2 of lists: whoever replaced a name of a list or group had agreed on it, or it is in the conflict log; and what a group
 * was called before we wrote to it takes nothing back.
 */
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';

interface Named {
  /** By list id. */
  readonly lists: ReadonlyMap<string, string>;
  /** By resource name. */
  readonly groups: ReadonlyMap<string, string>;
}

interface Looked extends Named {
  /** Lists and the living groups that they are tied to. */
  readonly tied: readonly { readonly listId: string; readonly remoteId: string }[];
  /** What a group may have been read as since our last write to it. */
  namesSinceWrite(remoteId: string): readonly string[];
}

/** Names that met, as the conflict log has them. */
export interface LoggedNames {
  readonly listId: string;
  readonly harmony: string;
  readonly provider: string;
}

export class ListNames {
  /** As they were after the last step or pass. */
  private known: Named = { lists: new Map(), groups: new Map() };
  /** By list id, the name that both sides had last. */
  private readonly agreed = new Map<string, string>();

  /** What is there now: people replace what names they like. */
  look({ lists, groups, tied }: Looked): void {
    this.known = { lists, groups };
    for (const { listId, remoteId } of tied) {
      const name = lists.get(listId);
      if (name !== undefined && name === groups.get(remoteId)) this.agreed.set(listId, name);
    }
  }

  /** What a pass replaced. */
  check(now: Looked, logged: readonly LoggedNames[]): void {
    const { known } = this;
    for (const [listId, name] of now.lists) {
      const former = known.lists.get(listId);
      const isLogged = logged.some((one) => one.listId === listId && one.harmony === former);
      if (this.isLost(listId, { former, name }) && !isLogged)
        throw new InvariantBroken(`invariant 2: the list "${former}" became "${name}", and nothing tells`);
      const groups = now.tied.filter((one) => one.listId === listId);
      if (former === undefined || former === name || groups.length === 0) continue;
      if (!groups.some(({ remoteId }) => now.namesSinceWrite(remoteId).includes(name)))
        throw new InvariantBroken(
          `invariant 2: the list "${former}" became "${name}", as its group was before`,
        );
    }
    for (const { listId, remoteId } of now.tied) {
      const [former, name] = [known.groups.get(remoteId), now.groups.get(remoteId)];
      const isLogged = logged.some((one) => one.listId === listId && one.provider === former);
      if (this.isLost(listId, { former, name }) && !isLogged)
        throw new InvariantBroken(`invariant 2: the group "${former}" became "${name}", and nothing tells`);
    }
    this.noteBrought(now);
    this.look(now);
  }

  /** What a group was called has come in, though it may be called another way by now. */
  private noteBrought({ lists, tied, namesSinceWrite }: Looked): void {
    for (const { listId, remoteId } of tied) {
      const name = lists.get(listId);
      if (name === undefined || name === this.known.lists.get(listId)) continue;
      if (namesSinceWrite(remoteId).includes(name)) this.agreed.set(listId, name);
    }
  }

  /** The same name written in another way is not. */
  private isLost(
    listId: string,
    { former, name }: { former: string | undefined; name: string | undefined },
  ): boolean {
    const agreed = this.agreed.get(listId)?.toLowerCase();
    return former !== undefined && ![name?.toLowerCase(), agreed].includes(former.toLowerCase());
  }
}
