import { type ReactNode, useId } from 'react';
import './segmented.css';

interface SegmentedProps<Value extends string> {
  /** For screen readers. */
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly icon?: ReactNode }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One choice of a few: radio buttons, so that the arrow keys work. With an icon, the label is for screen readers. */
export function Segmented<Value extends string>({ label, options, value, onChange }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value} title={option.icon ? option.label : undefined}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            aria-label={option.label}
          />
          <span aria-hidden="true">{option.icon ?? option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
