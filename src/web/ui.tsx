import type { ComponentChildren, JSX } from 'preact';
import { useHref, useView, useWords } from './view.tsx';
import { type Problem, words } from './words.ts';

// The parts that pages are made of.

export interface FormProps {
  /** A path of ours. */
  action: string;
  children: ComponentChildren;
  /** Names the form for those who cannot see where it stands. */
  label?: string;
  class?: string;
  id?: string;
  /** The part of the page that the answer replaces, by htmx; the whole page where none is given. */
  target?: string;
  /** Whether it sends files. */
  hasFiles?: boolean;
}

/** A form that is sent with POST, safe against forgery. */
export function Form({
  action,
  children,
  label,
  class: className,
  id,
  target,
  hasFiles,
}: FormProps) {
  const { csrf } = useView();
  const href = useHref();
  const htmx = target && {
    'hx-post': href(action),
    'hx-target': target,
    'hx-swap': 'outerHTML',
    'hx-disabled-elt': 'find button',
  };
  return (
    <form
      method="post"
      action={href(action)}
      aria-label={label}
      class={className}
      id={id}
      enctype={hasFiles ? 'multipart/form-data' : undefined}
      {...htmx}
    >
      <input type="hidden" name="_csrf" value={csrf} />
      {children}
    </form>
  );
}

/** What is wrong with which field. */
export type Problems = Partial<Record<string, Problem | { text: string }>>;

function useProblem(problem: Problems[string]): string | null {
  const { problems } = useWords(words);
  if (problem === undefined) return null;
  return typeof problem === 'string' ? problems[problem] : problem.text;
}

interface FieldFrameProps {
  name: string;
  /** Where several forms of a page have a field of that name. @default the name */
  id?: string;
  label: string;
  hint?: ComponentChildren | undefined;
  problem?: Problems[string] | undefined;
}

/** Attributes that tie a control to its hint and its problem. */
const tied = (name: string, id: string, hint: unknown, text: string | null) => ({
  id,
  name,
  'aria-describedby':
    [text && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined,
  'aria-invalid': text ? ('true' as const) : undefined,
});

/** Preact knows the attributes of each type of input alone, and this one has any type. */
const inputOf = (...parts: object[]): JSX.IntrinsicElements['input'] => Object.assign({}, ...parts);

function Frame({
  id,
  label,
  hint,
  text,
  children,
}: Pick<FieldFrameProps, 'label' | 'hint'> & {
  id: string;
  text: string | null;
  children: ComponentChildren;
}) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {text && (
        <p id={`${id}-problem`} class="problem">
          {text}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface ControlAttributes {
  required?: boolean;
  disabled?: boolean;
  autocomplete?: string;
  autofocus?: boolean;
}

type FieldProps = FieldFrameProps &
  ControlAttributes & {
    type?:
      | 'text'
      | 'email'
      | 'password'
      | 'url'
      | 'number'
      | 'date'
      | 'datetime-local'
      | 'search'
      | 'file';
    accept?: string;
    multiple?: boolean;
    value?: string | undefined;
    checked?: boolean;
    readOnly?: boolean;
    min?: string;
    max?: string;
    step?: string;
    placeholder?: string;
    inputMode?: 'numeric' | 'decimal';
    spellcheck?: boolean;
  };

/** A line of text, a number, a date, a password … */
export function Field({ name, id = name, label, hint, problem, ...input }: FieldProps) {
  const text = useProblem(problem);
  return (
    <Frame {...{ id, label, hint, text }}>
      <input {...inputOf({ type: 'text', ...input }, tied(name, id, hint, text))} />
    </Frame>
  );
}

interface Option {
  value: string;
  label: string;
}

type SelectProps = FieldFrameProps &
  ControlAttributes & {
    options: readonly Option[];
    value: string;
  };

export function SelectField({
  name,
  id = name,
  label,
  hint,
  problem,
  options,
  value,
  ...select
}: SelectProps) {
  const text = useProblem(problem);
  return (
    <Frame {...{ id, label, hint, text }}>
      <select {...select} {...tied(name, id, hint, text)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

/** A box to tick; sends "on" or nothing. */
export function CheckField({ name, id = name, label, hint, problem, ...input }: FieldProps) {
  const text = useProblem(problem);
  return (
    <div class="field check">
      <label>
        <input {...inputOf({ ...input, type: 'checkbox' }, tied(name, id, hint, text))} />
        {label}
      </label>
      {text && (
        <p id={`${id}-problem`} class="problem">
          {text}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

/** What is shown where there is nothing yet: what it would be, and the next step. */
export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="empty">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Something that may be wider than the page, and then scrolls by itself. */
export function Scrolling({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard.
    <section class="scrolling" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** A text to be copied with one click: an address, a secret. */
export function Copyable({ id, text }: { id: string; text: string }) {
  const { copy, copied } = useWords(words);
  return (
    <span class="copyable">
      <code id={id}>{text}</code>
      <button type="button" class="small outline" data-copy={id} data-copied={copied}>
        {copy}
      </button>
    </span>
  );
}

interface DangerousProps {
  /** Where it stands in a part that keeps itself up to date, so that it stays open. */
  id?: string;
  title: string;
  children: ComponentChildren;
}

/** Something that cannot be taken back: its button shows only once this has been opened. */
export function Dangerous({ id, title, children }: DangerousProps) {
  return (
    <details id={id} class="dangerous">
      <summary>{title}</summary>
      {children}
    </details>
  );
}
