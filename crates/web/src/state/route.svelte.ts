/** Where the person is: the address, its query, and going elsewhere. */

const here = $state({ path: location.pathname, search: location.search });

addEventListener('popstate', () => {
  here.path = location.pathname;
  here.search = location.search;
});

export const route = {
  get path(): string {
    return here.path;
  },
  get query(): URLSearchParams {
    return new URLSearchParams(here.search);
  },
};

export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  here.path = location.pathname;
  here.search = location.search;
}

/** The same place with another query. */
export function ask(query: URLSearchParams, how: 'push' | 'replace' = 'push'): void {
  const text = query.toString();
  go(text === '' ? here.path : `${here.path}?${text}`, how);
}

/** Follows links inside the application without loading the page again. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.pathname.startsWith('/api/')) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
