import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { InEach, Language } from '../core/language.ts';
import type { Workspace } from '../store/rows.ts';

/** Something to tell at the top of the next page. */
export interface Notice {
  kind: 'done' | 'failed';
  text: string;
}

/** What every part of a page may want to know: who reads it, and how they read. */
export interface View {
  language: Language;
  /** IANA name of the reader's time zone. */
  zone: string;
  /** Unix milliseconds, by the server's clock. */
  now: number;
  /** Path under which a proxy serves us, without a slash at the end; mostly "". */
  base: string;
  /** Path of this page, with its query. */
  path: string;
  /** Goes into every form. */
  csrf: string;
  productName: string;
  publicUrl: string;
  /** Where the style sheets and scripts are. */
  assets: string;
  notice: Notice | null;
  /** Null where nobody is signed in. */
  workspace: Workspace | null;
}

export const ViewContext = createContext<View | null>(null);

export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error('There is no view around this part of a page');
  return view;
}

/** The words in the reader's language. */
export const useWords = <Words,>(words: InEach<Words>): Words => words[useView().language];

/** A path of ours as it is written into a link. */
export const useHref = (): ((path: string) => string) => {
  const { base } = useView();
  return (path) => base + path;
};
