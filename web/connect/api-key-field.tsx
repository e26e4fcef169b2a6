/** Where an API key is entered, with help where to find it and what is wrong beside it. */
import { useId } from 'react';
import type { Provider } from '../../api/contract/index.ts';
import { describeProblem } from '../api/problem.ts';
import { describeKeyPlace } from '../words/provider.ts';

interface ApiKeyFieldProps {
  readonly provider: Provider;
  readonly value: string;
  readonly error: unknown;
  readonly onChange: (value: string) => void;
}

export function ApiKeyField({ provider, value, error, onChange }: ApiKeyFieldProps) {
  const ids = { field: useId(), help: useId(), problem: useId() };
  const problem = error ? describeProblem(error) : undefined;
  return (
    <div className="field">
      <label htmlFor={ids.field}>API key</label>
      <input
        id={ids.field}
        type="password"
        value={value}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={problem ? `${ids.problem} ${ids.help}` : ids.help}
        aria-invalid={problem !== undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {/* Always there, so that a screen reader hears what comes. */}
      <div id={ids.problem} className="field-problem" role="alert">
        {problem && (problem.text || problem.title)}
      </div>
      <p id={ids.help} className="muted field-help">
        {describeKeyPlace(provider)} Harmony keeps it encrypted and never shows it again.
      </p>
    </div>
  );
}
