// What users put into a field, and leave out of it. Zapier hands over a blank field as undefined, null,
// '' or [''], and a list as an array or, mapped from another step, as text with commas.

/** A comma, a bracket or an invisible character is as good as nothing. */
const MEANS_SOMETHING = /[\p{L}\p{N}\p{S}]/u;

/** The values entered in a field, as text; none when it is blank. */
export function entered(value: unknown): string[] {
  return [value]
    .flat(Number.POSITIVE_INFINITY)
    .map((one) => String(one ?? '').trim())
    .filter((text) => MEANS_SOMETHING.test(text));
}

/** The values entered in a field that takes several. */
export function enteredList(value: unknown): string[] {
  return entered(value).flatMap((text) => entered(text.split(',')));
}

/** The one value entered in a field, in small letters; `preset` when it is blank. */
export function enteredChoice(value: unknown, preset: string): string {
  return entered(value).join(', ').toLowerCase() || preset;
}
