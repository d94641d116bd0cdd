/**
 * The same as src/store/folded.ts, as a function of the database. `lower` goes by Unicode only with a
 * collation that does; what comes out is compared byte by byte again.
 */
export const FOLDED = `
  CREATE FUNCTION folded(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    replace(
      lower(
        normalize(regexp_replace(normalize(given, NFD), '[\\u0300-\\u036f]', '', 'g'), NFC)
          COLLATE "und-x-icu"),
      'ł', 'l') COLLATE "C"`;
