import type { InEach } from '../../core/language.ts';
import { useHref, useWords } from '../view.tsx';

const words: InEach<{ text: string }> = {
  en: { text: 'Estimate what it will cost, from a chat that you export' },
  pl: { text: 'Oszacuj koszt na podstawie wyeksportowanego czatu' },
};

/** Leads to the estimate, from wherever someone is about to connect something. */
export function EstimateLink() {
  const { text } = useWords(words);
  const href = useHref();
  return (
    <p>
      <a href={href('/estimate')}>{text}</a>
    </p>
  );
}
