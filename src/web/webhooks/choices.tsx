import type { ComponentChildren } from 'preact';
import type { Problems } from '../ui.tsx';
import { useWords } from '../view.tsx';
import { words } from '../words.ts';

/** Boxes or buttons to choose from, under one heading. */
export function Choices({
  name,
  legend,
  hint,
  problem,
  children,
}: {
  name: string;
  legend: string;
  hint: string;
  problem: Problems[string];
  children: ComponentChildren;
}) {
  const { problems } = useWords(words);
  const described = [problem && `${name}-problem`, `${name}-hint`].filter(Boolean).join(' ');
  return (
    <fieldset class="field choices" aria-describedby={described}>
      <legend>{legend}</legend>
      <p id={`${name}-hint`} class="hint">
        {hint}
      </p>
      {problem && (
        <p id={`${name}-problem`} class="problem">
          {typeof problem === 'string' ? problems[problem] : problem.text}
        </p>
      )}
      {children}
    </fieldset>
  );
}

interface ChoiceProps {
  type: 'checkbox' | 'radio';
  name: string;
  value: string;
  checked: boolean;
  children: ComponentChildren;
}

/** One of them. */
export function Choice({ children, ...input }: ChoiceProps) {
  return (
    <label class="choice">
      <input {...input} />
      <span>{children}</span>
    </label>
  );
}
