import { useHref, useWords } from '../view.tsx';
import type { Unsent } from './unsent.ts';
import { words } from './words.ts';

/** Says that the owner was not told by e-mail that errors have switched the webhook off, and why. */
export function UnsentNotice({ unsent }: { unsent: Unsent }) {
  const text = useWords(words);
  const href = useHref();
  return (
    <p class="notice warning">
      {text.unsent[unsent]}{' '}
      {unsent === 'no_address' && <a href={href('/profile')}>{text.toProfile}</a>}
    </p>
  );
}
