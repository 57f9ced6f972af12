import type { ObjectDef } from './schema';
import { email, externalKey, longText, lookup, owner, picklist, text, typed } from './schema-fields';

const NETWORKS = ['facebook', 'instagram', 'whatsapp', 'telegram', 'x', 'linkedin', 'email', 'voice', 'webchat'];

const crmLookups = (children: string) => [
  lookup('Contact__c', 'Contact', ['Contact'], 'Contact__r', children),
  lookup('Lead__c', 'Lead', ['Lead'], 'Lead__r', children),
  lookup('Account__c', 'Account', ['Account'], 'Account__r', children),
];

const autoName = (label: string, format: string) => text('Name', label, 80, { readOnly: true, autoNumber: format });

/** The package's three objects: a person on a network, a thread, a message. Lookups are optional and set to null when
 * the parent goes; keys are unique, case-sensitive external ids. */
export const SOCIAL_OBJECTS: readonly ObjectDef[] = [
  {
    name: 'Social_Persona__c',
    label: 'Social Persona',
    labelPlural: 'Social Personas',
    keyPrefix: 'a00',
    fields: [
      autoName('Persona', 'SP-{0}'),
      externalKey('Persona_Key__c', 'Persona Key', true),
      picklist('Network__c', 'Network', NETWORKS),
      text('Native_Id__c', 'Native ID', 255),
      text('Handle__c', 'Handle', 255),
      text('Display_Name__c', 'Display Name', 255),
      typed('Profile_URL__c', 'Profile URL', 'url', { length: 255 }),
      typed('Followers__c', 'Followers', 'double'),
      text('Phone_E164__c', 'Phone (E.164)', 16),
      email('Email__c', 'Email'),
      ...crmLookups('Social_Personas__r'),
      picklist('Match_Method__c', 'Match Method', ['manual', 'phone', 'email', 'handle', 'none'], { restricted: true }),
      typed('Match_Confidence__c', 'Match Confidence', 'double'),
      typed('Linked_At__c', 'Linked At', 'datetime'),
      picklist('Consent_Status__c', 'Consent Status', ['unknown', 'granted', 'withdrawn']),
      typed('Source_Version__c', 'Source Version', 'double'),
      owner(),
    ],
  },
  {
    name: 'Social_Conversation__c',
    label: 'Social Conversation',
    labelPlural: 'Social Conversations',
    keyPrefix: 'a01',
    fields: [
      autoName('Conversation', 'SC-{0}'),
      externalKey('Conversation_Key__c', 'Conversation Key', true),
      lookup('Persona__c', 'Persona', ['Social_Persona__c'], 'Persona__r', 'Conversations__r'),
      ...crmLookups('Social_Conversations__r'),
      lookup('Case__c', 'Case', ['Case'], 'Case__r', 'Social_Conversations__r'),
      text('Channel__c', 'Channel', 255),
      picklist('Network__c', 'Network', NETWORKS),
      picklist('Kind__c', 'Kind', ['dm', 'comment', 'call', 'email'], { restricted: true }),
      picklist('Status__c', 'Status', ['new', 'open', 'pending', 'on_hold', 'solved', 'closed']),
      picklist('Priority__c', 'Priority', ['low', 'normal', 'high', 'urgent']),
      text('Assigned_Agent__c', 'Assigned Agent', 255),
      text('Tags__c', 'Tags', 255),
      typed('Message_Count__c', 'Messages', 'double'),
      typed('First_At__c', 'First Message At', 'datetime'),
      typed('Last_At__c', 'Last Message At', 'datetime'),
      text('Last_Snippet__c', 'Last Snippet', 255),
      text('Sentiment__c', 'Sentiment', 40),
      typed('First_Response_Sec__c', 'First Response (s)', 'double'),
      typed('Deep_Link__c', 'Open in Inbox', 'url', { length: 255 }),
      typed('Post_URL__c', 'Post URL', 'url', { length: 255 }),
      typed('Source_Version__c', 'Source Version', 'double'),
      owner(),
    ],
  },
  {
    name: 'Social_Message__c',
    label: 'Social Message',
    labelPlural: 'Social Messages',
    keyPrefix: 'a02',
    fields: [
      autoName('Message', 'SM-{0}'),
      externalKey('Message_Key__c', 'Message Key', true),
      lookup('Conversation__c', 'Conversation', ['Social_Conversation__c'], 'Conversation__r', 'Messages__r'),
      picklist('Direction__c', 'Direction', ['inbound', 'outbound'], { restricted: true }),
      text('Author_Name__c', 'Author', 255),
      typed('Sent_At__c', 'Sent At', 'datetime'),
      typed('Seq__c', 'Sequence', 'double'),
      longText('Body__c', 'Body', 32_768),
      longText('Media_URLs__c', 'Media URLs', 32_768),
      typed('Is_Deleted_At_Source__c', 'Deleted at Source', 'boolean', { defaultValue: false }),
      typed('Edited_At__c', 'Edited At', 'datetime'),
      typed('Source_Version__c', 'Source Version', 'double'),
      owner(),
    ],
  },
];
