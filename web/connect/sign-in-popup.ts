/** The window in which a person signs in at the provider. */

/**
 * Must run inside the click itself, before anything is awaited: later, browsers take it for an unwanted popup.
 * null where the browser blocked it.
 */
export function openSignInPopup(providerName: string): Window | null {
  const width = 540;
  const height = 720;
  const left = Math.max(0, window.screenX + (window.outerWidth - width) / 2);
  const top = Math.max(0, window.screenY + (window.outerHeight - height) / 2);
  const popup = window.open('', '_blank', `popup,width=${width},height=${height},left=${left},top=${top}`);
  if (!popup || popup.closed) return null;
  popup.document.title = `Opening ${providerName}…`;
  popup.document.body.textContent = `Opening ${providerName}…`;
  return popup;
}

/** Leaves the page's address out of the provider's logs and the history of the window. */
export function showInPopup(popup: Window, url: string): void {
  popup.location.replace(url);
}
