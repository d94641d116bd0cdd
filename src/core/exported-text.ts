// How WhatsApp's exports stand for what is not text. Attachments and notices have the same form in
// every language, the deleted messages of Android do not.

/** `<Media omitted>`, `<attached: 00000042-PHOTO.jpg>`; a caption may follow on the next line. */
const IN_BRACKETS = /^<[^<>]+>$/;
/** Android: `IMG-20240224-WA0003.jpg (file attached)`. */
const FILE = /^.+\.\w{2,5} \([^()]+\)$/;
/** iPhone, behind a caption or a file's name: `the offer ‎image omitted`, `offer ‎<attached: …>`. */
const BEHIND_CAPTION = /\s\u200e(?:\p{L}+(?: \p{L}+){0,2}|<[^<>]+: [^<>]+\.\w+>)$/u;
/** iPhone, from whose text a program has dropped the marks. */
const OMITTED = /^(?:image|video|audio|gif|sticker|document|contact card|video note) omitted$/i;
const PLACE = /^\p{L}+: https:\/\/maps\.google\.com\/\?q=/u;
/** What Android writes for a picture to be viewed once. */
const VIEWED_ONCE = 'null';

const DELETED = new Set([
  'this message was deleted',
  'you deleted this message',
  'ta wiadomość została usunięta',
  'usunięto tę wiadomość',
  'diese nachricht wurde gelöscht',
  'du hast diese nachricht gelöscht',
  'se eliminó este mensaje',
  'eliminaste este mensaje',
  'ce message a été supprimé',
  'vous avez supprimé ce message',
  'questo messaggio è stato eliminato',
  'hai eliminato questo messaggio',
  'mensagem apagada',
  'esta mensagem foi apagada',
  'você apagou esta mensagem',
  'dit bericht is verwijderd',
  'je hebt dit bericht verwijderd',
]);

/** Whether an exported message is one of text, which alone is forwarded. */
export function isText(exported: string): boolean {
  // WhatsApp on the iPhone puts a left-to-right mark before all that it writes itself, Android before
  // the names of files.
  if (exported.startsWith('\u200e')) return false;
  const text = exported.trim();
  const [firstLine = ''] = text.split('\n', 1);
  return !(
    text === '' ||
    text === VIEWED_ONCE ||
    IN_BRACKETS.test(firstLine) ||
    FILE.test(firstLine) ||
    BEHIND_CAPTION.test(text) ||
    OMITTED.test(text) ||
    PLACE.test(text) ||
    DELETED.has(text.replace(/\.$/, '').toLowerCase())
  );
}
