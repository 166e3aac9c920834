/** The office's library of laws: how an article is named in a record, finding it again, and searching. Nothing here talks to anybody, so it works without network. */

export interface Article {
  readonly article: string;
  readonly text: string;
}
export interface Law {
  readonly name: string;
  /** The day of the wording. */
  readonly as_of?: string;
  readonly articles: readonly Article[];
}
export interface Library {
  readonly version: string;
  readonly laws: readonly Law[];
}
/** An article as a record names it. Older records name no version. */
export interface Reference {
  readonly law: string;
  readonly article: string;
  readonly version: string | undefined;
}
export interface Found extends Article {
  readonly law: Law;
}

const STATE = '中华人民共和国';
const DIGITS = '零一二三四五六七八九';
const NUMBER = '[〇零一二三四五六七八九十百]+';
const ARTICLE = `第${NUMBER}条(?:之${NUMBER})?`;
const NAMED = new RegExp(`《([^《》]+)》(?:([^《》〔〕]+)〔法规库 ([^〕]+)〕|((?:${ARTICLE}[、，]?)+))`, 'g');

/** Laws are called with and without the state's name. */
export const short = (name: string): string => name.replace(STATE, '');

export function reference({ law, article }: Found, version: string): string {
  return `《${short(law.name)}》${article}〔法规库 ${version}〕`;
}

/** Every article that a text names. */
export function references(text: string): Reference[] {
  return [...text.matchAll(NAMED)].flatMap(([, law = '', one, version, several = '']) => {
    if (one !== undefined) return [{ law, article: one, version }];
    return [...several.matchAll(new RegExp(ARTICLE, 'g'))].map(([article]) => ({ law, article, version: undefined }));
  });
}

export function articleOf(library: Library, { law, article }: Reference): Found | undefined {
  const known = library.laws.find(({ name }) => short(name) === short(law));
  const found = known?.articles.find((each) => each.article === article);
  return known && found && { ...found, law: known };
}

/** 44 is 四十四, as articles are counted. */
export function numeral(number: number): string {
  const [hundreds, tens, ones] = [Math.floor(number / 100), Math.floor(number / 10) % 10, number % 10];
  const ten = tens === 0 ? (hundreds > 0 && ones > 0 ? '零' : '') : `${tens === 1 && hundreds === 0 ? '' : DIGITS[tens]}十`;
  return `${hundreds > 0 ? `${DIGITS[hundreds]}百` : ''}${ten}${ones > 0 ? DIGITS[ones] : ''}`;
}

/** What a person types, in words that are looked for: `土地管理法44条` is the law's name and an article. */
function wordsOf(said: string): string[] {
  const apart = said.replace(/第?(\d{1,3})条?/g, (_, digits: string) => ` 第${numeral(Number(digits))}条 `).replace(new RegExp(`(${ARTICLE})`, 'g'), ' $1 ');
  return apart.split(/[\s《》、，,]+/).filter((word) => word !== '');
}

/** Articles in which every word is: in the law's name, as the article's number, or in its text. Those named by law and number come first. */
export function search(library: Library, said: string, most: number): { found: Found[]; total: number } {
  const words = wordsOf(said);
  if (words.length === 0) return { found: [], total: 0 };
  const named: Found[] = [];
  const within: Found[] = [];
  for (const law of library.laws) {
    const rest = words.filter((word) => !law.name.includes(word));
    for (const each of law.articles) {
      const texts = rest.filter((word) => word !== each.article);
      if (texts.every((word) => each.text.includes(word))) (texts.length === 0 ? named : within).push({ ...each, law });
    }
  }
  const all = [...named, ...within];
  return { found: all.slice(0, most), total: all.length };
}
