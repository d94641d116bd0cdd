import type { FastifyRequest } from 'fastify';
import type { ComponentChildren } from 'preact';
import { PasswordsBusyError } from '../core/passwords.ts';
import { isStoreDown } from '../store/errors.ts';
import { Page } from './page.tsx';
import { useHref, useView, useWords } from './view.tsx';
import { words } from './words.ts';

/** There is no such thing in this workspace. */
export class NotFoundError extends Error {
  constructor() {
    super('There is no such page');
    this.name = 'NotFoundError';
  }
}

/** Whether who asks for an address that is none is a browser, and not a program that calls the API. */
export const isForPeople = ({ url, headers }: FastifyRequest): boolean =>
  !/^\/api(\/|\?|$)/.test(url) && (headers.accept ?? '').includes('text/html');

type Kind = 'notFound' | 'expired' | 'refused' | 'unavailable' | 'broken';

export const STATUS_OF: Record<Kind, number> = {
  notFound: 404,
  expired: 403,
  refused: 400,
  unavailable: 503,
  broken: 500,
};

/** What an error is to the person who meets it. */
export function kindOf(error: unknown): Kind {
  if (error instanceof NotFoundError) return 'notFound';
  if (error instanceof PasswordsBusyError || isStoreDown(error)) return 'unavailable';
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number };
  if (code.startsWith('FST_CSRF')) return 'expired';
  return statusCode >= 400 && statusCode < 500 ? 'refused' : 'broken';
}

interface ProblemProps {
  kind: Kind;
  /** By which the log knows the request. */
  requestId: string;
  /** What else helps. */
  children?: ComponentChildren;
}

export function ProblemPage({ kind, requestId, children }: ProblemProps) {
  const { [kind]: problem, notFound } = useWords(words);
  const { workspace } = useView();
  const href = useHref();
  const { text } = problem;
  return (
    <Page title={problem.title} section={null}>
      <section class="empty">
        <h1>{problem.title}</h1>
        <p>{typeof text === 'string' ? text : text(requestId)}</p>
        {children}
        {workspace && (
          <p>
            <a href={href('/webhooks')}>{notFound.next}</a>
          </p>
        )}
      </section>
    </Page>
  );
}
