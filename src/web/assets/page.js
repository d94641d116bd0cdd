// What pages need of a browser beyond htmx. They work without it, too, in UTC and without copying.

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const page = document.documentElement;

// The server writes times in the reader's zone, which only the browser knows.
if (here && page.dataset.zone !== here) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser.
  document.cookie = `zone=${encodeURIComponent(here)}; path=/; max-age=31536000; samesite=lax`;
  const wasSaved = document.cookie.includes('zone=');
  if (wasSaved && document.querySelector('time')) location.reload();
}

document.addEventListener('click', async ({ target }) => {
  const button = target instanceof Element && target.closest('[data-copy]');
  if (!(button instanceof HTMLButtonElement)) return;
  const source = document.getElementById(button.dataset.copy ?? '');
  await navigator.clipboard.writeText(source?.textContent ?? '');
  const label = button.textContent;
  button.textContent = button.dataset.copied ?? label;
  setTimeout(() => {
    button.textContent = label;
  }, 2000);
});

// Parts of a page keep themselves up to date. What was opened or closed in them stays so.
document.addEventListener('htmx:beforeSwap', (event) => {
  const { target, shouldSwap } = /** @type {CustomEvent} */ (event).detail;
  if (!shouldSwap) return;
  const known = [...target.querySelectorAll('details[id]')].map(({ id, open }) => ({ id, open }));
  if (known.length === 0) return;
  const focused = document.activeElement;
  const keep = () => {
    for (const { id, open } of known) {
      const details = document.getElementById(id);
      if (details instanceof HTMLDetailsElement) details.open = open;
    }
    // What stands in one that was closed for a moment could not be given the focus back.
    if (focused?.id && !focused.isConnected) document.getElementById(focused.id)?.focus();
  };
  document.addEventListener('htmx:afterSwap', keep, { once: true });
});

// An answer that refuses a form says why, beside its fields: it is to be shown like any other.
document.addEventListener('htmx:beforeSwap', (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.xhr.status === 422) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});
