import { type World } from './world';

/** The world every run starts with; its ids are those of the recorded sample payloads. */
export const SEED = {
  appId: '815530072214466',
  appSecret: 'meta_app_secret_0123456789abcdef',
  verifyToken: 'verify-me',
  wabaId: '104992288117733',
  numberId: '118834455667788',
  secondNumberId: '118834455667799',
  token: 'EAAInventedSystemUserToken',
} as const;

const SCOPES = ['whatsapp_business_messaging', 'whatsapp_business_management'];

export function seedWorld(world: World, callbackUrl: string | null): void {
  world.wabas.set(SEED.wabaId, {
    id: SEED.wabaId,
    name: 'سیب‌سرخ',
    subscribed: true,
    override: null,
    templates: [
      {
        name: 'order_followup_fa',
        language: 'fa',
        category: 'UTILITY',
        status: 'APPROVED',
        components: [
          { type: 'HEADER', format: 'TEXT', text: 'سفارش {{1}}' },
          { type: 'BODY', text: '{{1}} عزیز، بستهٔ شما {{2}} می‌رسد.' },
        ],
      },
      {
        name: 'spring_sale',
        language: 'en_US',
        category: 'MARKETING',
        status: 'PAUSED',
        components: [{ type: 'BODY', text: 'Sale!' }],
      },
    ],
  });
  const number = {
    wabaId: SEED.wabaId,
    status: 'CONNECTED',
    quality: 'GREEN',
    canSend: 'AVAILABLE',
    pin: '123456',
  } as const;
  const own = { id: SEED.numberId, display: '97145550188', name: 'سیب‌سرخ', blocked: new Set<string>() };
  world.numbers.set(own.id, { ...number, ...own });
  if (callbackUrl !== null)
    world.webhook = { url: callbackUrl, fields: [...ALL_FIELDS], verifyToken: SEED.verifyToken };
  world.tokens.set(SEED.token, {
    value: SEED.token,
    valid: true,
    scopes: SCOPES,
    expiresAt: 0,
    wabaIds: [SEED.wabaId],
  });
  const person = { username: null, hidesPhone: false };
  const people = [
    { key: 'negar', name: 'نگار رستمی', phone: '971501112233', userId: 'AE.48213377650912345678', ...person },
    { key: 'omar', name: 'Omar Haddad', phone: '4915112345678', userId: 'DE.90000000000000000001', ...person },
    { key: 'ava', name: 'Ava', phone: '15551234567', userId: 'US.5AbC', username: 'ava.k', hidesPhone: true },
  ];
  for (const one of people) world.people.set(one.key, { ...one, blocked: new Set() });
}

export const ALL_FIELDS = [
  'messages',
  'smb_message_echoes',
  'history',
  'message_template_status_update',
  'user_preferences',
] as const;
