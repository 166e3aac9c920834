import { zh, type TextKey } from '../texts/zh';

/** The language that people read. English comes when it is asked for: most never do. */

const KEY = 'liandu-language';
type Language = 'zh' | 'en';

const chosen = $state<{ language: Language }>({ language: 'zh' });
let english = $state.raw<Readonly<Record<TextKey, string>>>();

/** What reads the page aloud, hyphenates or translates it must know its language. */
function tellPage(): void {
  document.documentElement.lang = chosen.language === 'zh' ? 'zh-CN' : 'en';
}

/** Changes the language once its texts are here; without them everything stays as it is. */
async function speak(language: Language): Promise<void> {
  if (language === 'en') english ??= (await import('../texts/en')).en;
  chosen.language = language;
  tellPage();
}

/** The language chosen before; resolved when the page can be shown. */
export async function speakAsBefore(): Promise<void> {
  await speak(localStorage.getItem(KEY) === 'en' ? 'en' : 'zh').catch(() => tellPage());
}

export async function toggleLanguage(): Promise<void> {
  await speak(chosen.language === 'zh' ? 'en' : 'zh');
  localStorage.setItem(KEY, chosen.language);
}

/** A text in the chosen language, `{name}` replaced by the values. */
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const text = (chosen.language === 'en' && english ? english : zh)[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Says the words of a screen that brings its own, both languages side by side. */
export function sayer<Key extends string>(words: Readonly<Record<Key, readonly [string, string]>>) {
  return (key: Key, values: Readonly<Record<string, string | number>> = {}): string => {
    const [zh, en] = words[key];
    return named({ zh, en }).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}

/** A label of the API or a definition in the chosen language. */
export function named(label: { zh: string; en: string } | null | undefined, code = ''): string {
  return label?.[chosen.language] ?? code;
}
