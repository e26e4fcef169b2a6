/** Where a person was when their session ended, kept in this tab for the sign-in link that they use next in it. */

const key = 'harmony-place';

export const keepPlace = (path: string): void => sessionStorage.setItem(key, path);
export const forgetPlace = (): void => sessionStorage.removeItem(key);

/** undefined where no session had ended here. */
export function takePlace(): string | undefined {
  const path = sessionStorage.getItem(key) ?? undefined;
  forgetPlace();
  return path;
}
