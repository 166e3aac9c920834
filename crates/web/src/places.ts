import type { Schemas } from './api/client';
import type { TextKey } from './texts/zh';

/** The rail: where each role goes. A person with several roles sees what any of them has, each place once. */

export interface Place {
  readonly to: string;
  readonly name: TextKey;
  /** Not on a phone: there is no room, and no use for it there. */
  readonly wide?: boolean;
}

/** Not the response centre's: dispatches are for who leads. */
const DISPATCH: Place = { to: '/dispatches', name: 'dispatch' };
const office = (leads: boolean): readonly Place[] => [
  { to: '/ledger?kind=problem', name: 'ledger' },
  ...(leads ? [{ to: '/plans', name: 'plans', wide: true } as const, { ...DISPATCH, wide: true }, { to: '/ledger?kind=referral', name: 'referrals', wide: true } as const] : []),
  { to: '/conflicts', name: 'conflicts' },
  { to: '/quarantine', name: 'quarantine' },
  { to: '/duplicates', name: 'duplicates' },
  { to: '/import', name: 'imports', wide: true },
  ...(leads ? [{ to: '/bundles', name: 'bundles', wide: true } as const] : []),
  { to: '/notices', name: 'deliveries', wide: true },
];
const LEADER: readonly Place[] = [
  { to: '/ledger?kind=problem&tab=map', name: 'map' },
  { to: '/ledger?kind=problem&field.key=true', name: 'keyProblems' },
  { to: '/ledger?kind=problem', name: 'ledger' },
  DISPATCH,
];

function department(unit: string): readonly Place[] {
  const to = (...states: string[]): string => `/ledger?lead=${unit}&kind=problem${states.map((state) => `&state=${state}`).join('')}`;
  return [
    { to: to('transferred'), name: 'toReceive' },
    { to: to('received', 'planned', 'rectifying'), name: 'atWork' },
    { to: to('reported'), name: 'toBeReviewed' },
    { to: to('reviewed', 'closed'), name: 'done' },
    { to: `/ledger?co=${unit}&flag=co-asked&kind=problem`, name: 'toHelp' },
  ];
}

export function placesOf(who: Schemas['SessionJson'] | null): readonly Place[] {
  const leads = who?.grants.every(({ role }) => role === 'leader') ?? false;
  const places: Place[] = [{ to: '/', name: leads ? 'today' : 'inbox' }];
  for (const grant of who?.grants ?? []) {
    if (grant.role === 'congress-office' || grant.role === 'response-centre') places.push(...office(grant.role === 'congress-office'));
    if (grant.role === 'leader') places.push(...LEADER);
    if (grant.role === 'auditor' && !who?.grants.some(({ role }) => role === 'department')) places.push({ to: '/ledger?kind=problem', name: 'ledger' });
    if (grant.role === 'administrator' || (grant.role === 'auditor' && !who?.grants.some(({ role }) => role === 'department'))) places.push({ to: '/admin', name: 'admin' });
    if (grant.role === 'discipline-inspection') places.push({ to: '/ledger?kind=referral', name: 'referrals' }, { to: '/ledger?kind=problem', name: 'ledger' });
    if (grant.role === 'department' && grant.unit) places.push(...department(grant.unit));
  }
  return [...new Map(places.map((place) => [place.to, place])).values()];
}
