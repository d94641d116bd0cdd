/** The languages in which people are spoken to. */
export const LANGUAGES = ['en', 'pl'] as const;

export type Language = (typeof LANGUAGES)[number];

export const isLanguage = (text: unknown): text is Language =>
  LANGUAGES.some((language) => language === text);

/** One text for each language. Words stand beside what they are for, in a record of this type. */
export type InEach<Words> = Record<Language, Words>;

/** The forms a Polish noun takes after a number: 1 wiadomość, 2 wiadomości, 5 wiadomości. */
type PolishForms = [one: string, few: string, many: string];

const polish = new Intl.PluralRules('pl');
const polishNumber = new Intl.NumberFormat('pl');
const englishNumber = new Intl.NumberFormat('en');

/** "1 message", "2,500 messages". */
export const countEn = (n: number, one: string, many = `${one}s`): string =>
  `${englishNumber.format(n)} ${n === 1 ? one : many}`;

/** "1 wiadomość", "3 wiadomości", "2500 wiadomości". */
export function countPl(n: number, [one, few, many]: PolishForms): string {
  const rule = polish.select(n);
  return `${polishNumber.format(n)} ${rule === 'one' ? one : rule === 'few' ? few : many}`;
}
