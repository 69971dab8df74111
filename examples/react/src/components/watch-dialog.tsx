import { useRef } from 'react';
import { parseReferences, type Settings } from '../settings.ts';
import { penIcon } from './icons.tsx';
import './watch-dialog.css';

interface WatchDialogProps {
  readonly settings: Settings;
  readonly onChange: (changes: Partial<Settings>) => void;
}

/** The button and the dialog with which other messages and another campaign are shown. */
export function WatchDialog({ settings, onChange }: WatchDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const show = (form: FormData) =>
    onChange({
      references: parseReferences(String(form.get('references'))),
      taskId: String(form.get('campaign')).trim(),
    });

  return (
    <>
      <button type="button" className="button" onClick={() => dialog.current?.showModal()}>
        {penIcon} Change
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby="watch">
        <form method="dialog" onSubmit={({ currentTarget }) => show(new FormData(currentTarget))}>
          <h2 id="watch">What to show</h2>
          <label>
            References of messages, one per line
            <textarea name="references" rows={10} required defaultValue={settings.references.join('\n')} />
          </label>
          <label>
            Task id of a campaign
            <input name="campaign" required inputMode="numeric" defaultValue={settings.taskId} />
          </label>
          <div className="dialog-buttons">
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" className="button button-primary">
              Show
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
