import { Button } from '@graphiql/react';
import { type FormEvent, useState } from 'react';

/** Options of {@link TokenField}. */
interface TokenFieldProps {
  /** Receives the token without `Bearer`; empty to send none. */
  readonly onToken: (token: string) => void;
}

/** The field for the bearer token of all tabs. The token stays in the memory of the page. */
export function TokenField({ onToken }: TokenFieldProps) {
  const [isSet, setIsSet] = useState(false);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const entered = new FormData(event.currentTarget).get('token');
    const token = String(entered)
      .trim()
      .replace(/^Bearer\s+/i, '');
    setIsSet(token !== '');
    onToken(token);
  }
  return (
    <form className="token" onSubmit={submit}>
      <label htmlFor="token">Token</label>
      <input id="token" name="token" type="password" autoComplete="off" spellCheck={false} placeholder="Bearer token" />
      <Button type="submit">Use</Button>
      <span role="status">{isSet ? 'Sent with all tabs until the page is closed.' : 'Needed to load the schema.'}</span>
    </form>
  );
}
