import { type World } from './world';

/** The world every run starts with; its accounts, people and first post carry the ids of the recorded sample payloads. */
export const SEED = {
  appId: '815530072214466',
  appSecret: 'meta_app_secret_0123456789abcdef',
  pageId: '104857213906412',
  pageToken: 'EAAInventedPageTokenForTests',
  secondPageId: '109900112233445',
  secondPageToken: 'EAAInventedSecondPageToken',
  instagramId: '17841455500123987',
  instagramToken: 'IGAAInventedInstagramToken',
  userToken: 'EAAInventedUserToken',
  pagePostId: '104857213906412_122148890021734550',
  secondPagePostId: '109900112233445_122100000000000009',
  mediaId: '18044417719923456',
} as const;

export function seedWorld(world: World): void {
  world.addAccount({ platform: 'facebook', id: SEED.pageId, name: 'فروشگاه سیب‌سرخ', username: 'sibsorkh' });
  world.addAccount({ platform: 'facebook', id: SEED.secondPageId, name: 'Anar Fresh', username: 'anarfresh' });
  world.addAccount({
    platform: 'instagram',
    id: SEED.instagramId,
    name: 'سیب‌سرخ',
    username: 'sib_sorkh',
    pageId: SEED.pageId,
  });
  world.addToken(SEED.pageToken, 'page', [SEED.pageId, SEED.instagramId]);
  world.addToken(SEED.secondPageToken, 'page', [SEED.secondPageId]);
  world.addToken(SEED.instagramToken, 'instagram', [SEED.instagramId]);
  world.addToken(SEED.userToken, 'user', [SEED.pageId, SEED.secondPageId, SEED.instagramId]);

  const negar = world.addPerson('negar', 'نگار رستمی', 'negar.rostamii', { facebookId: '7311904458820163' });
  negar.scopedIds.set(SEED.pageId, '8123440097715526').set(SEED.instagramId, '1599000123456781');
  const amir = world.addPerson('amir', 'Amir Tavakoli', 'amir_tvk', { facebookId: '6920347715508841' });
  amir.scopedIds.set(SEED.pageId, '7990021188345670').set(SEED.instagramId, '1599000987654321');
  const parisa = world.addPerson('parisa', 'پریسا کاظمی‌نژاد', 'parisa_kz', { facebookId: '7004518833921750' });
  parisa.scopedIds.set(SEED.instagramId, '1599000555555555');

  world.addPost({ id: SEED.pagePostId, accountId: SEED.pageId, text: 'سبد میوهٔ پاییزی رسید 🍎 ارسال تا پنج‌شنبه' });
  world.addPost({ id: SEED.secondPagePostId, accountId: SEED.secondPageId, text: 'Pomegranates are back in season.' });
  world.addPost({ id: SEED.mediaId, accountId: SEED.instagramId, text: 'انار ساوه، همین هفته 🍎 | Fresh this week' });
}
