import { Sayings, type Catalogue } from './saying';
import { ANSWERING } from './words/answering';
import { CHANNELS } from './words/channels';
import { FIELDS } from './words/fields';
import { OPERATING } from './words/operating';
import { PEOPLE } from './words/people';
import { PLANNING } from './words/planning';
import { LIBRARIES } from './words/reports/libraries';
import { MAIL } from './words/reports/mail';
import { MESSENGERS } from './words/reports/messengers';
import { META } from './words/reports/meta';
import { POSTS } from './words/reports/posts';
import { RECEIVING } from './words/reports/receiving';
import { SENDING } from './words/reports/sending';
import { SOCKETS } from './words/reports/sockets';
import { SYNCING } from './words/reports/syncing';
import { TICKETS } from './words/tickets';

/** The parts of the catalogue that refuse; a code stands in one of them. */
export const PARTS: readonly Catalogue[] = [FIELDS, PEOPLE, TICKETS, ANSWERING, PLANNING, CHANNELS, OPERATING];

/** The parts that report what became of work: of a message, an event, a sync. */
export const REPORTS: readonly Catalogue[] = [SENDING, META, MESSENGERS, POSTS, MAIL, RECEIVING, SYNCING, SOCKETS];

export const SAYINGS = new Sayings(Object.assign({}, LIBRARIES, ...REPORTS, ...PARTS) as Catalogue);
