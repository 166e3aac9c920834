import { phone } from './phone/port';

/** A new phone's request to the office. It is kept in the phone's store until the phone is enrolled, so that the office may answer after the app was closed or killed. */

const NOTE = 'new-phone';

export interface Asked {
  /** Known to this phone alone. */
  readonly token: string;
  readonly check: string;
  readonly person: string;
  readonly label: string;
  /** When it was asked, and when nobody can approve it any more, by this phone's clock. */
  readonly time: number;
  readonly until: number;
}

export const readAsked = async (): Promise<Asked | undefined> => ((await phone.note(NOTE)) as Asked | null) ?? undefined;
export const keepAsked = (asked: Asked): Promise<unknown> => phone.keepNote(NOTE, asked);
export const dropAsked = (): Promise<unknown> => phone.keepNote(NOTE, null);
