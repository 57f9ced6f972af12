import type { Org } from './org';
import type { FieldValue, Row } from './schema';

const STYLE = `
  :root { color-scheme: light; --line: #dfe3ea; --ink: #1d2433; --soft: #5b6475; --in: #f1f4f9; --out: #e3f3ea; }
  body { margin: 0; background: #f6f7f9; color: var(--ink); font: 15px/1.7 Vazirmatn, system-ui, Tahoma, sans-serif; }
  main { max-width: 860px; margin: 0 auto; padding: 24px 16px 64px; }
  h1 { font-size: 24px; margin: 0; } h2 { font-size: 16px; margin: 32px 0 8px; color: var(--soft); }
  a { color: #0b5cab; text-decoration: none; } a:hover { text-decoration: underline; }
  .card { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 14px 18px; margin: 10px 0; }
  .meta { color: var(--soft); font-size: 13px; } .meta span + span::before { content: ' · '; }
  ol { list-style: none; margin: 12px 0 0; padding: 0; display: grid; gap: 8px; }
  li.message { max-width: 78%; padding: 8px 12px; border-radius: 10px; background: var(--in); justify-self: start; }
  li.outbound { background: var(--out); justify-self: end; }
  li.message p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  li.deleted p { text-decoration: line-through; color: var(--soft); }
  table { width: 100%; border-collapse: collapse; } td, th { text-align: start; padding: 6px 8px; }
  th { color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--line); }
`;

/** The list of contacts, and personas nobody is linked to yet. */
export function contactListPage(org: Org): string {
  const contacts = org.find('Contact').toSorted(by('LastName', 'FirstName'));
  const rows = contacts.map((contact) => {
    const conversations = conversationsOf(org, contact).length;
    const link = `<a href="/lightning/r/Contact/${escape(contact.Id)}/view" dir="auto">${escape(contact.Name)}</a>`;
    return `<tr><td>${link}</td><td>${escape(contact.Email)}</td><td>${escape(contact.Phone ?? contact.MobilePhone)}</td><td>${conversations}</td></tr>`;
  });
  const unlinked = org.find('Social_Persona__c', { Contact__c: null, Lead__c: null });
  return page(
    'Contacts',
    `<h1>Contacts</h1>
    <div class="card"><table><tr><th>Name</th><th>Email</th><th>Phone</th><th>Conversations</th></tr>${rows.join('')}</table></div>
    ${section('Personas without a contact', unlinked.map(personaCard))}`,
  );
}

/** A contact with its personas, conversations and messages in time order; undefined when there is no such contact. */
export function contactPage(org: Org, id: string): string | undefined {
  const contacts = org.object('Contact');
  const contact = contacts && org.store.get(contacts, id);
  if (!contact || contact.IsDeleted === true) return undefined;
  const account = org.store.find(String(contact.AccountId))?.row;
  const personas = org.find('Social_Persona__c', { Contact__c: contact.Id ?? null });
  const conversations = conversationsOf(org, contact).toSorted(by('First_At__c', 'CreatedDate', 'Id'));
  const cases = org.find('Case', { ContactId: contact.Id ?? null }).toSorted(by('CaseNumber'));
  return page(
    String(contact.Name),
    `<p class="meta"><a href="/">Contacts</a></p>
    <h1 dir="auto">${escape(contact.Name)}</h1>
    ${meta([contact.Title, account?.Name, contact.Email, contact.Phone, contact.MobilePhone, contact.Social_VIP_Tier__c])}
    ${section('Personas', personas.map(personaCard))}
    ${section(
      'Cases',
      cases.map(
        (row) =>
          `<div class="card" dir="auto">${escape(row.Subject)}${meta([row.CaseNumber, row.Status, row.Origin])}</div>`,
      ),
    )}
    ${section(
      'Conversations',
      conversations.map((conversation) => conversationCard(org, conversation)),
    )}`,
  );
}

/** Linked to the contact itself, or held by one of its personas. */
function conversationsOf(org: Org, contact: Row): Row[] {
  const own = org.find('Social_Conversation__c', { Contact__c: contact.Id ?? null });
  const throughPersonas = org
    .find('Social_Persona__c', { Contact__c: contact.Id ?? null })
    .flatMap(({ Id }) => org.find('Social_Conversation__c', { Persona__c: Id ?? null }));
  return [...new Set([...own, ...throughPersonas])];
}

function personaCard(persona: Row): string {
  const name = persona.Display_Name__c ?? persona.Handle__c ?? persona.Name;
  const match = persona.Match_Method__c === null ? null : `matched by ${persona.Match_Method__c}`;
  return `<div class="card"><span dir="auto">${escape(name)}</span>${meta([persona.Network__c, persona.Handle__c, persona.Phone_E164__c, match])}</div>`;
}

function conversationCard(org: Org, conversation: Row): string {
  const messages = org
    .find('Social_Message__c', { Conversation__c: conversation.Id ?? null })
    .toSorted(by('Sent_At__c', 'Seq__c', 'Id'));
  const { Network__c, Kind__c, Status__c, Assigned_Agent__c } = conversation;
  return `<div class="card"><strong>${escape(conversation.Name)}</strong>
    ${meta([Network__c, Kind__c, Status__c, Assigned_Agent__c, `${messages.length} messages`])}
    <ol>${messages.map(messageItem).join('')}</ol></div>`;
}

function messageItem(message: Row): string {
  const classes = [
    'message',
    message.Direction__c === 'outbound' ? 'outbound' : 'inbound',
    message.Is_Deleted_At_Source__c === true ? 'deleted' : '',
  ];
  const edited = message.Edited_At__c === null ? null : 'edited';
  return `<li class="${classes.join(' ').trim()}"><p dir="auto">${escape(message.Body__c)}</p>${meta([message.Author_Name__c, clock(message.Sent_At__c), edited])}</li>`;
}

function section(title: string, cards: string[]): string {
  return cards.length === 0 ? '' : `<h2>${title}</h2>${cards.join('')}`;
}

function meta(parts: (FieldValue | undefined)[]): string {
  const spans = parts
    .filter((part) => part !== null && part !== undefined)
    .map((part) => `<span dir="auto">${escape(part)}</span>`);
  return `<div class="meta">${spans.join('')}</div>`;
}

function clock(instant: FieldValue | undefined): string | null {
  return typeof instant === 'string' ? `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC` : null;
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
    <meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title>
    <style>${STYLE}</style></head><body><main>${content}</main></body></html>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(value: FieldValue | undefined): string {
  return String(value ?? '').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Orders rows by these fields, one after the other; empty values come first. */
function by(...fields: string[]): (left: Row, right: Row) => number {
  return (left, right) => {
    for (const field of fields) {
      const [a, b] = [left[field] ?? null, right[field] ?? null];
      if (a === b) continue;
      if (a === null || b === null) return a === null ? -1 : 1;
      return a < b ? -1 : 1;
    }
    return 0;
  };
}
