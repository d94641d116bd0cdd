/**
 * A text as it is searched in: without case, and without the marks that people leave out when they type in a
 * hurry, so that "zazolc" is found in "Zażółć". The database has it as the function `folded`.
 */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    // The marks that stand above, below or across Latin, Greek and Cyrillic letters.
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    // No mark by Unicode, but one to whoever types.
    .replaceAll('ł', 'l');
