import { api, Refused, type Schemas } from '../api/client';

type Session = Schemas['SessionJson'];

/** Who is signed in, and how far the answers on the screen go. */
export const session = $state<{ who: Session | null; known: boolean; position: number }>({
  who: null,
  known: false,
  position: 0,
});

export async function remember(): Promise<void> {
  try {
    session.who = await api.session();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    session.who = null;
  }
  session.known = true;
}

export async function signIn(user: string, password: string): Promise<void> {
  session.who = await api.signIn(user, password);
}

export async function signOut(): Promise<void> {
  await api.signOut();
  session.who = null;
}

/** Notes the position an answer is true for: the top bar shows the newest. */
export function noted<T extends { as_of: Schemas['AsOf'] }>(answer: T): T {
  session.position = Math.max(session.position, answer.as_of.position);
  return answer;
}

export function hasRole(role: string): boolean {
  return session.who?.grants.some((grant) => grant.role === role) ?? false;
}
