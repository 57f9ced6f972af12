import { Sayings, type Catalogue } from './saying';
import { ANSWERING } from './words/answering';
import { CHANNELS } from './words/channels';
import { FIELDS } from './words/fields';
import { OPERATING } from './words/operating';
import { PEOPLE } from './words/people';
import { PLANNING } from './words/planning';
import { TICKETS } from './words/tickets';

/** The parts of the catalogue; a code stands in one of them. */
export const PARTS: readonly Catalogue[] = [FIELDS, PEOPLE, TICKETS, ANSWERING, PLANNING, CHANNELS, OPERATING];

export const SAYINGS = new Sayings(Object.assign({}, ...PARTS) as Catalogue);
