/** Putting the app on the home screen, and browsers in which nothing can be kept. */

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

export const install = $state<{ prompt: InstallPrompt | undefined }>({ prompt: undefined });
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  install.prompt = event as InstallPrompt;
});
addEventListener('appinstalled', () => (install.prompt = undefined));

export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches;
}

/** Chat and payment apps open links in a browser of their own that forgets everything. */
export function isInsideChat(agent = navigator.userAgent): boolean {
  return /MicroMessenger|QQ\/|DingTalk|AlipayClient|Weibo|Lark|FBAN|Line\//.test(agent);
}
