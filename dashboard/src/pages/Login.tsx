import './Login.css';
import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { api, ApiError } from '../api/client';
import { Button } from '../design/Button';
import { Logo } from '../design/Logo';

/** Seconds left to wait; counts down to 0 by itself. */
function useWait(): [number, (seconds: number) => void] {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = window.setTimeout(() => setLeft(left - 1), 1000);
    return () => window.clearTimeout(timer);
  }, [left]);
  return [left, setLeft];
}

function messageFor(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong. Try again.';
  if (error.kind === 'unauthorized') return 'That password is not right.';
  return error.message;
}

export function Login({ note, onLogin }: { note: string | null; onLogin: () => Promise<void> }) {
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [wait, setWait] = useWait();
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || wait > 0 || password === '') return;
    setBusy(true);
    setError(null);
    try {
      await api.login(password);
      await onLogin();
    } catch (e) {
      if (e instanceof ApiError && e.kind === 'rate_limited') setWait(e.retryAfter);
      else setError(messageFor(e));
      setBusy(false);
      field.current?.select();
    }
  };

  const message = wait > 0 ? `Too many tries. The next one is possible in ${wait} s.` : error;
  return (
    <main className="login">
      <form className="login-card" onSubmit={submit}>
        <h1>
          <Logo size={30} />
          Sallyport
        </h1>
        <div className="login-field">
          <label htmlFor={id}>Admin password</label>
          <div className={`login-input ${error ? 'login-wrong' : ''}`}>
            <input
              id={id}
              ref={field}
              type={shown ? 'text' : 'password'}
              name="password"
              autoComplete="current-password"
              spellCheck={false}
              maxLength={1024}
              value={password}
              aria-invalid={error !== null}
              aria-describedby={`${id}-message`}
              onChange={(event) => setPassword(event.target.value)}
            />
            <button type="button" aria-pressed={shown} onClick={() => setShown(!shown)}>
              {shown ? 'Hide' : 'Show'}
            </button>
          </div>
          <p id={`${id}-message`} className={`login-message ${message ? 'login-error' : ''}`} role="status">
            {message ?? note ?? 'Sallyport printed it when it first started.'}
          </p>
        </div>
        <Button look="primary" type="submit" disabled={busy || wait > 0 || password === ''}>
          {busy ? 'Logging in…' : 'Log in'}
        </Button>
      </form>
    </main>
  );
}
