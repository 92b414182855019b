import { useCallback, useEffect, useState } from 'react';
import { api, ApiError } from './api/client';
import { Login } from './pages/Login';
import { Overview } from './pages/overview/Overview';

type State = { page: 'asking' } | { page: 'login'; note?: string } | { page: 'overview'; user: string };

/** Who is here decides the page: a session shows the overview, none shows the login. */
export function App() {
  const [state, setState] = useState<State>({ page: 'asking' });

  const ask = useCallback(async () => {
    try {
      const { user } = await api.session();
      setState({ page: 'overview', user });
    } catch (e) {
      const noSession = e instanceof ApiError && e.kind === 'unauthorized';
      setState({ page: 'login', ...(noSession ? {} : { note: 'The gateway does not answer. Is it running?' }) });
    }
  }, []);
  useEffect(() => void ask(), [ask]);

  const expired = useCallback(() => setState({ page: 'login', note: 'Your session has ended. Log in again.' }), []);
  const logout = useCallback(async () => {
    setState({ page: 'asking' }); // the page that polls goes first
    try {
      await api.logout();
    } catch {
      // The page forgets the session either way; the gateway ends it in its own time.
    }
    setState({ page: 'login', note: 'You are logged out.' });
  }, []);

  switch (state.page) {
    case 'asking':
      return null;
    case 'login':
      return <Login note={state.note ?? null} onLogin={ask} />;
    case 'overview':
      return <Overview user={state.user} onExpired={expired} onLogout={logout} />;
  }
}
