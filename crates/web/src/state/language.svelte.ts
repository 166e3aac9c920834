import { en } from '../texts/en';
import { zh, type TextKey } from '../texts/zh';

const KEY = 'liandu-language';
type Language = 'zh' | 'en';

const chosen = $state<{ language: Language }>({
  language: localStorage.getItem(KEY) === 'en' ? 'en' : 'zh',
});

/** What reads the page aloud, hyphenates or translates it must know its language. */
function tellPage(): void {
  document.documentElement.lang = chosen.language === 'zh' ? 'zh-CN' : 'en';
}
tellPage();

export function toggleLanguage(): void {
  chosen.language = chosen.language === 'zh' ? 'en' : 'zh';
  localStorage.setItem(KEY, chosen.language);
  tellPage();
}

/** A text in the chosen language, `{name}` replaced by the values. */
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const text = (chosen.language === 'zh' ? zh : en)[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A label of the API or a definition in the chosen language. */
export function named(label: { zh: string; en: string } | null | undefined, code = ''): string {
  return label?.[chosen.language] ?? code;
}
