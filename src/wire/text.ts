import { z } from 'zod';

/** NUL and lone surrogates cannot be stored or sent everywhere, so they are replaced on entry. */
export const wellFormed = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** A text on its way in. */
export const textSchema = z.string().overwrite(wellFormed);
