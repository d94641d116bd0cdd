/**
 * What a CRM user looks for, in this order, by the key of its output field. Each key belongs to one line;
 * within a line the order is that of the wire's schema.
 */
export const FIELD_ORDER: readonly RegExp[] = [
  /^transcript$|^(message__)?text$/,
  /^aggregation$/,
  /^messages$|_count$/,
  /(^|__)(sender|recipient)__/,
  /(^|__)direction$/,
  /^chat__(full_name|phone)$/,
  /^chat__(responsible_|is_|chat_url$)/,
  /(^|_)timestamp$/,
  /^whatsapp_account__/,
  /(^|_)id$/,
];

const place = (key: string): number => {
  const found = FIELD_ORDER.findIndex((pattern) => pattern.test(key));
  return found < 0 ? FIELD_ORDER.length : found;
};

/** The fields in the order in which a CRM user looks for them. */
export function inOrder<Field extends { key: string }>(fields: readonly Field[]): Field[] {
  return fields.toSorted((one, other) => place(one.key) - place(other.key));
}
